import type { FlowStatusDto, GatewayStatusDto } from '#api';
import type { Column } from '../grid.ts';
import { bytes, duration, number, numberOr, rate } from '../output.ts';
import { stateStyle } from './flow-table.ts';

const percent = (share: number): string => (share * 100).toFixed(0);
const alarm = (count: number) => (count > 0 ? ('red' as const) : null);

/** One flow a row: what it does now. */
export const FLOW_COLUMNS: readonly Column<FlowStatusDto>[] = [
  { title: 'flow', of: one => one.id, shrinks: true },
  { title: 'state', of: one => one.state, style: one => stateStyle(one.state) },
  { title: 'ver', of: one => (one.version === null ? '–' : String(one.version)), right: true },
  { title: 'rec/s', of: one => rate(one.rate), right: true },
  { title: 'errors', of: one => number(one.errors), right: true, style: one => alarm(one.errors) },
  { title: 'faults', of: one => number(one.faults), right: true, goes: true, style: one => alarm(one.faults) },
  { title: 'dead', of: one => number(one.dead_letters), right: true },
  { title: 'dropped', of: one => number(one.dropped), right: true, goes: true, style: one => alarm(one.dropped) },
  { title: 'p50 µs', of: one => numberOr(one.latency_us.p50), right: true, goes: true },
  { title: 'p99 µs', of: one => numberOr(one.latency_us.p99), right: true },
  { title: 'in %', of: one => percent(one.ingress_fill), right: true, goes: true },
  { title: 'out %', of: one => percent(one.egress_fill), right: true, goes: true },
  { title: 'memory', of: one => bytes(one.memory_bytes), right: true, goes: true },
];

/** The gateway in three lines. */
export const headLines = ({ version, uptime_s, ready, rss_bytes, ingest }: GatewayStatusDto): string[] => [
  `fusewire ${version}   up ${duration(uptime_s)}   ${ready ? 'ready' : 'NOT READY'}   memory ${bytes(rss_bytes)}`,
  `ingest ${ingest.addresses.join(' ') || 'nowhere'}   ${rate(ingest.rate)} updates/s   ${number(ingest.updates)} in all`,
  `drivers ${number(ingest.connections)}   tags ${number(ingest.tags)}   unrouted ${number(ingest.unrouted)}   malformed ${number(ingest.malformed)}`,
];
