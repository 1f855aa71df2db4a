import type { Command } from 'commander';
import { EGRESS_KIND, ENTRY, type FlowPlan, LOG_LEVELS } from '#abi';
import { GatewayError } from '#diagnostic';
import { inspectFlow, unfusePlan } from '#fusion';
import { type Recording, readRecording } from '#gateway';
import { NodeLibrary } from '#library';
import {
  describeFault,
  type EgressRecord,
  type Engine,
  fusedEngine,
  type ReplayStep,
  replayCapture,
  sameFault,
  unfusedEngine,
} from '#runtime';
import { complain, EXIT, fail, number, print, printJson } from '../output.ts';
import { BUILT_INS } from '../paths.ts';
import { describeMessage } from '../payload.ts';

interface ReplayOptions {
  readonly step?: boolean;
  readonly node?: string[];
  readonly last?: string;
  readonly json?: boolean;
}

/** What a node got or emitted during a step. */
interface Hop {
  readonly node: string;
  readonly hop: 'got' | 'emitted';
  readonly port: string;
  readonly message: string;
}

export function addReplay(command: Command): void {
  command
    .argument('<file.rec>', 'a recording, as a flow writes it into its state folder on a fault')
    .option('--step', 'show record by record what each node got and emitted')
    .option('--last <n>', 'with --step: only the last n records')
    .option('--node <file...>', 'with --step: nodes of your own that the flow has (.wasm)')
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
  const hops: Hop[] = [];
  const engine = options.step ? steppingEngine(plan, options.node ?? [], hops) : plainEngine(plan, recording);
  const steps: { step: ReplayStep; hops: Hop[] }[] = [];
  const keep = options.step ? Number(options.last ?? Number.POSITIVE_INFINITY) : 1;
  let count = 0;
  for (const step of stepsOf(engine, plan, recording, file)) {
    count += 1;
    steps.push({ step, hops: hops.splice(0) });
    if (steps.length > keep) steps.shift();
  }
  const last = steps.at(-1)?.step ?? null;
  const same = sameFault(recording.fault, last?.fault ?? null);
  if (options.json) printJson(asJson(recording, steps, options, count, same));
  else {
    if (options.step) for (const one of steps) printStep(one.step, one.hops, plan);
    printEnd(recording, last, count, same);
  }
  process.exitCode = same ? EXIT.ok : EXIT.world;
}

function* stepsOf(engine: Engine, plan: FlowPlan, { capture }: Recording, file: string): Generator<ReplayStep> {
  try {
    yield* replayCapture(engine, plan, capture);
  } catch (error) {
    throw new GatewayError('recording-invalid', file, (error as Error).message, error);
  }
}

const plainEngine = (plan: FlowPlan, { wasm }: Recording): Engine =>
  fusedEngine(plan, new WebAssembly.Module(wasm as BufferSource));

/** The same flow unfused, so that each message between nodes can be seen. It ends at the same place, or says so. */
function steppingEngine(plan: FlowPlan, files: readonly string[], hops: Hop[]): Engine {
  const library = new NodeLibrary();
  library.addBuiltIns(BUILT_INS);
  for (const file of files) library.addFile(file);
  const missing = plan.nodes.filter(node => !library.byHash(node.hash));
  if (missing.length > 0) {
    const names = missing.map(node => `${node.id} (${node.node_type}, ${node.hash.slice(0, 12)}…)`).join(', ');
    complain(`to step, the files of these nodes are needed: ${names}; give each with --node`);
    process.exit(EXIT.usage);
  }
  const modules = unfusePlan(plan, hash => library.byHash(hash)!.bytes);
  return unfusedEngine(
    plan,
    modules.map(bytes => new WebAssembly.Module(bytes as BufferSource)),
    (hop, index, port, message) => {
      const node = plan.nodes[index]!;
      const names = hop === 'got' ? node.inputs : node.outputs;
      hops.push({ node: node.id, hop, port: names[port] ?? '', message: describeMessage(message) });
    },
  );
}

function printStep({ record, entry, now_us, egress, fault }: ReplayStep, hops: readonly Hop[], plan: FlowPlan): void {
  const what =
    entry === ENTRY.tick ? 'tick after record' : entry === ENTRY.direct ? 'message for one node, record' : 'record';
  print(`${what} ${number(record)}, ${new Date(now_us / 1_000).toISOString()}`);
  for (const { node, hop, port, message } of hops)
    print(`  ${hop === 'got' ? '→' : '  ←'} ${node}${port ? `.${port}` : ''}: ${message}`);
  for (const one of egress.filter(({ kind }) => kind !== EGRESS_KIND.output)) print(`  ! ${describeEgress(one, plan)}`);
  if (fault) print(`  ✗ ${describeFault(fault)}`);
}

function describeEgress({ kind, detail, node, body }: EgressRecord, plan: FlowPlan): string {
  const where = plan.nodes[node]?.id ?? 'flow';
  if (kind === EGRESS_KIND.log) return `${where} says (${LOG_LEVELS[detail]}): ${describeMessage(body)}`;
  if (kind === EGRESS_KIND.malformed) return `malformed: ${describeMessage(body)}`;
  const end = 4 + new DataView(body.buffer, body.byteOffset).getUint32(0, true);
  return `${where} refuses: ${Buffer.from(body.subarray(4, end)).toString('utf8')}`;
}

function printEnd({ flow, time, fault }: Recording, last: ReplayStep | null, count: number, same: boolean): void {
  print(`flow ${flow}, recorded ${time}: ${number(count)} steps run again`);
  print(`recorded: ${fault ? describeFault(fault) : 'no fault'}`);
  print(`replayed: ${last?.fault ? describeFault(last.fault) : 'no fault'}`);
  print(same ? 'the same' : 'NOT the same: the recording is of another Fusewire, or this is a bug of ours');
}

const asJson = (
  { flow, time, fault }: Recording,
  steps: readonly { step: ReplayStep; hops: Hop[] }[],
  options: ReplayOptions,
  count: number,
  same: boolean,
): object => ({
  flow,
  time,
  steps: count,
  recorded: fault,
  replayed: steps.at(-1)?.step.fault ?? null,
  same,
  ...(options.step && {
    records: steps.map(({ step: { egress, ...step }, hops }) => ({ ...step, hops, egress: egress.length })),
  }),
});
