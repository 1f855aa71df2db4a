import { printable } from '#diagnostic';
import type { FusionReport } from '#fusion';
import type { GatewayFlow, SinkStatus } from '#gateway';
import { bytes, number, print, table } from './output.ts';

type Stats = ReturnType<GatewayFlow['stats']>;

const NOTES = 4;

/** The live picture of a running flow: redrawn in place on a terminal, one line per look elsewhere. */
export class LiveView {
  readonly #live: boolean;
  readonly #color: boolean;
  readonly #notes: string[] = [];
  #head = '';
  #last = { at: 0, records: 0, nodes: [] as { in: number; out: number }[] };

  constructor(live: boolean, color: boolean) {
    this.#live = live;
    this.#color = color;
  }

  begin(name: string, addresses: readonly string[], receipt: FusionReport | null): void {
    const fused = receipt
      ? `, ${receipt.instances} nodes fused, ${receipt.boundary_calls_removed} boundary calls removed`
      : '';
    this.#head = printable(`flow ${name}, listening on ${addresses.join(' and ')}${fused}`);
    this.#last.at = performance.now();
    // The other screen, cursor hidden: what was there before comes back at the end.
    if (this.#live) process.stdout.write('\u001b[?1049h\u001b[?25l');
    else print(this.#head);
  }

  note(text: string): void {
    this.#notes.push(printable(text));
    if (this.#notes.length > NOTES) this.#notes.shift();
  }

  end(): void {
    if (this.#live) process.stdout.write('\u001b[?25h\u001b[?1049l');
  }

  show(gateway: GatewayFlow): void {
    const stats = gateway.stats();
    const now = performance.now();
    const seconds = (now - this.#last.at) / 1_000;
    const rate = (value: number, before: number): number => (value - before) / seconds;
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    const nodes = stats.nodes.map((node, index) => ({
      node,
      in: rate(node.in, this.#last.nodes[index]?.in ?? 0),
      out: rate(sum(node.out), this.#last.nodes[index]?.out ?? 0),
    }));
    const perSecond = rate(stats.records, this.#last.records);
    this.#last = {
      at: now,
      records: stats.records,
      nodes: stats.nodes.map(node => ({ in: node.in, out: sum(node.out) })),
    };
    const latency = (q: number): string => `${number(gateway.latency.quantile(q) ?? 0)} µs`;
    const aside = stats.state === 'running' ? '' : `${stats.state.toUpperCase()}   `;
    const summary = `${aside}${number(perSecond)} updates/s   latency p50 ${latency(0.5)}, p99 ${latency(0.99)}   memory ${bytes(process.memoryUsage.rss())}`;
    gateway.latency.clear();
    if (!this.#live) return print(summary);
    const dropped = stats.letters.dropped > 0 ? ` (${number(stats.letters.dropped)} dropped)` : '';
    const fuel = sum(stats.nodes.map(node => node.fuel)) || 1;
    const screen = [
      this.#bold(this.#head),
      '',
      this.#bold(summary),
      `total ${number(stats.records)}   drivers ${gateway.ingest.connections}   gaps ${gateway.ingest.stats().gaps}   malformed ${stats.malformed}   dead letters ${number(stats.letters.kept)}${dropped}   faults ${stats.faults}   ring ${bytes(stats.ingress_fill)}`,
      ...stateLines(stats),
      '',
      table(
        ['node', 'type', 'in/s', 'out/s', 'errors', 'cost %'],
        nodes.map(({ node, in: arrived, out }) => [
          node.id,
          node.node_type,
          number(arrived),
          number(out),
          number(node.errors),
          ((node.fuel / fuel) * 100).toFixed(1),
        ]),
      ),
      '',
      ...gateway
        .sinks()
        .map(
          sink =>
            `${printable(sink.node)}  ${bytes(sink.bytes)} written${waiting(sink)}  ${printable(sink.last).slice(0, (process.stdout.columns ?? 100) - 32)}`,
        ),
      '',
      ...this.#notes,
      'Ctrl-C stops',
    ];
    // Each line clears what stood behind it: no flicker.
    process.stdout.write(`\u001b[H${screen.map(line => `${line}\u001b[K`).join('\n')}\u001b[J`);
  }

  #bold(text: string): string {
    return this.#color ? `\u001b[1m${text}\u001b[0m` : text;
  }
}

/** What is kept on disk; nothing when there is none. */
function stateLines({ snapshot, journal_bytes, spilled_bytes, ingress_dropped, recordings }: Stats): string[] {
  const parts = [
    snapshot && `snapshot of record ${number(snapshot.record)} at ${snapshot.time.slice(11, 19)}`,
    journal_bytes > 0 && `journal ${bytes(journal_bytes)}`,
    spilled_bytes > 0 && `spilled ${bytes(spilled_bytes)}`,
    ingress_dropped > 0 && `dropped ${number(ingress_dropped)}`,
    recordings > 0 && `recordings ${recordings}`,
  ].filter(Boolean);
  return parts.length > 0 ? [parts.join('   ')] : [];
}

function waiting({ pending, spooled, online }: SinkStatus): string {
  const parts = [
    pending > 0 && `${number(pending)} waiting`,
    spooled > 0 && `${number(spooled)} on disk`,
    !online && 'the other side is away',
  ].filter(Boolean);
  return parts.length > 0 ? `, ${parts.join(', ')}` : '';
}
