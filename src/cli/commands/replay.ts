import type { Command } from 'commander';
import { EGRESS_KIND, ENTRY, type FlowPlan, LOG_LEVELS, readHop } from '#abi';
import { GatewayError, printable } from '#diagnostic';
import { inspectFlow } from '#fusion';
import { type Recording, readRecording } from '#gateway';
import { describeFault, type EgressRecord, fusedEngine, type ReplayStep, replayCapture, sameFault } from '#runtime';
import { EXIT, fail, number, print, printJson } from '../output.ts';
import { describeMessage } from '../payload.ts';

interface ReplayOptions {
  readonly step?: boolean;
  readonly last?: string;
  readonly json?: boolean;
}

/** A hop of a step, for people. */
interface ShownHop {
  /** Empty: what came in. */
  readonly node: string;
  readonly hop: 'in' | 'emitted' | 'refused';
  readonly port: string;
  readonly message: string;
}

export function addReplay(command: Command): void {
  command
    .argument('<file.rec>', 'a recording, as a flow writes it into its state folder on a fault')
    .option('--step', 'show record by record what came in and what each node emitted')
    .option('--last <n>', 'with --step: only the last n records')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  fusewire replay --step --last 3 state/boiler-line/recordings/*.rec')
    .action((file: string, options: ReplayOptions) => {
      try {
        replay(file, options);
      } catch (error) {
        fail(error);
      }
    });
}

function replay(file: string, options: ReplayOptions): void {
  const recording = readRecording(file);
  const inspection = inspectFlow(recording.wasm);
  if (!inspection || inspection.imports.length > 0)
    throw new GatewayError('recording-invalid', file, 'its module is no fused flow');
  const { plan } = inspection;
  const steps: ReplayStep[] = [];
  const keep = options.step ? Number(options.last ?? Number.POSITIVE_INFINITY) : 1;
  let count = 0;
  for (const step of stepsOf(recording, plan, file, options.step ?? false)) {
    count += 1;
    steps.push(step);
    if (steps.length > keep) steps.shift();
  }
  const last = steps.at(-1) ?? null;
  const same = sameFault(recording.fault, last?.fault ?? null);
  if (options.json) printJson(asJson(recording, steps, plan, options, count, same));
  else {
    if (options.step) for (const step of steps) printStep(step, plan);
    printEnd(recording, last, count, same);
  }
  process.exitCode = same ? EXIT.ok : EXIT.world;
}

function* stepsOf({ wasm, capture }: Recording, plan: FlowPlan, file: string, trace: boolean): Generator<ReplayStep> {
  const engine = fusedEngine(plan, new WebAssembly.Module(wasm as BufferSource));
  try {
    yield* replayCapture(engine, plan, capture, trace);
  } catch (error) {
    throw new GatewayError('recording-invalid', file, (error as Error).message, error);
  }
}

/** What it put out for others. */
const isTold = ({ kind }: EgressRecord): boolean => kind !== EGRESS_KIND.trace;

function hopsOf({ egress }: ReplayStep, plan: FlowPlan): ShownHop[] {
  return egress.flatMap((record): ShownHop[] => {
    if (record.kind !== EGRESS_KIND.trace) return [];
    const hop = readHop(record);
    if (hop.kind === 'end') return [];
    if (hop.kind === 'in')
      return hop.entry === ENTRY.tick
        ? []
        : [{ node: '', hop: 'in', port: '', message: describeMessage(hop.body, hop.bytes) }];
    const node = plan.nodes[hop.node]!;
    const port = (hop.kind === 'emitted' ? node.outputs : node.inputs)[hop.port] ?? '';
    return [{ node: node.id, hop: hop.kind, port, message: describeMessage(hop.body, hop.bytes) }];
  });
}

/** Everything in a recording may be of a stranger. */
const say = (text: string): void => print(printable(text));

function printStep(step: ReplayStep, plan: FlowPlan): void {
  const { record, entry, now_us, egress, fault } = step;
  const what =
    entry === ENTRY.tick ? 'tick after record' : entry === ENTRY.direct ? 'message for one node, record' : 'record';
  say(`${what} ${number(record)}, ${new Date(now_us / 1_000).toISOString()}`);
  for (const { node, hop, port, message } of hopsOf(step, plan)) {
    if (hop === 'in') say(`  → ${message}`);
    else if (hop === 'emitted') say(`  ← ${node}${port ? `.${port}` : ''}: ${message}`);
  }
  for (const one of egress.filter(one => isTold(one) && one.kind !== EGRESS_KIND.output))
    say(`  ! ${describeEgress(one, plan)}`);
  if (fault) say(`  ✗ ${describeFault(fault)}`);
}

function describeEgress({ kind, detail, node, body }: EgressRecord, plan: FlowPlan): string {
  const where = plan.nodes[node]?.id ?? 'flow';
  if (kind === EGRESS_KIND.log) return `${where} says (${LOG_LEVELS[detail]}): ${describeMessage(body)}`;
  if (kind === EGRESS_KIND.malformed) return `malformed: ${describeMessage(body)}`;
  const end = 4 + new DataView(body.buffer, body.byteOffset).getUint32(0, true);
  return `${where} refuses: ${Buffer.from(body.subarray(4, end)).toString('utf8')}`;
}

function printEnd({ flow, time, fault }: Recording, last: ReplayStep | null, count: number, same: boolean): void {
  say(`flow ${flow}, recorded ${time}: ${number(count)} steps run again`);
  say(`recorded: ${fault ? describeFault(fault) : 'no fault'}`);
  say(`replayed: ${last?.fault ? describeFault(last.fault) : 'no fault'}`);
  say(same ? 'the same' : 'NOT the same: the recording is of another Fusewire, or this is a bug of ours');
}

const asJson = (
  { flow, time, fault }: Recording,
  steps: readonly ReplayStep[],
  plan: FlowPlan,
  options: ReplayOptions,
  count: number,
  same: boolean,
): object => ({
  flow,
  time,
  steps: count,
  recorded: fault,
  replayed: steps.at(-1)?.fault ?? null,
  same,
  ...(options.step && {
    records: steps.map(step => ({ ...step, hops: hopsOf(step, plan), egress: step.egress.filter(isTold).length })),
  }),
});
