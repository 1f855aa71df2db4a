import type { Command } from 'commander';
import { EGRESS_KIND, ENTRY, type FlowPlan, readHop } from '#abi';
import { GatewayError, printable } from '#diagnostic';
import {
  describeFault,
  type EgressRecord,
  fusedEngine,
  openRecording,
  type Recording,
  type ReplayStep,
  readTold,
  replayCapture,
  sameFault,
} from '#engine';
import { readRecording } from '#gateway';
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

interface ShownStep extends ReplayStep {
  readonly hops: readonly ShownHop[];
}

export function addReplay(command: Command): void {
  command
    .argument('<file.rec>', 'a recording, as a flow writes it into its state folder on a fault')
    .option('--step', 'show record by record what came in and what each node emitted')
    .option('--last <n>', 'with --step: only the last n records')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  fusewire replay --step --last 3 state/boiler-line/recordings/*.rec')
    .action(async (file: string, options: ReplayOptions) => {
      try {
        await replay(file, options);
      } catch (error) {
        fail(error);
      }
    });
}

async function replay(file: string, options: ReplayOptions): Promise<void> {
  const { recording, plan, module } = openRecording(await readRecording(file), file);
  const steps: ShownStep[] = [];
  const keep = options.step ? Number(options.last ?? Number.POSITIVE_INFINITY) : 1;
  let count = 0;
  try {
    for (const step of replayCapture(fusedEngine(plan, module), plan, recording.capture, options.step)) {
      count += 1;
      steps.push({ ...step, hops: hopsOf(step, plan) });
      if (steps.length > keep) steps.shift();
    }
  } catch (error) {
    throw new GatewayError('recording-invalid', file, (error as Error).message, error);
  }
  const last = steps.at(-1) ?? null;
  const same = sameFault(recording.fault, last?.fault ?? null);
  if (options.json) printJson(asJson(recording, steps, options, count, same));
  else {
    if (options.step) for (const step of steps) printStep(step, plan);
    printEnd(recording, last, count, same);
  }
  process.exitCode = same ? EXIT.ok : EXIT.world;
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

const TITLES: Record<ReplayStep['what'], string> = {
  record: 'record',
  tick: 'tick after record',
  direct: 'message for one node, record',
  malformed: 'no record, after record',
};

function printStep({ what, record, now_us, egress, hops, fault }: ShownStep, plan: FlowPlan): void {
  say(`${TITLES[what]} ${number(record)}, ${new Date(now_us / 1_000).toISOString()}`);
  for (const { node, hop, port, message } of hops) {
    if (hop === 'in') say(`  → ${message}`);
    else if (hop === 'emitted') say(`  ← ${node}${port ? `.${port}` : ''}: ${message}`);
  }
  for (const one of egress) {
    const line = describeEgress(one, plan);
    if (line !== null) say(`  ! ${line}`);
  }
  if (fault) say(`  ✗ ${describeFault(fault)}`);
}

/** null: an output, a hop. */
function describeEgress(record: EgressRecord, plan: FlowPlan): string | null {
  const told = readTold(record, plan);
  if (told?.kind === 'log') return `${told.node || 'flow'} says (${told.level}): ${told.text}`;
  if (told?.kind === 'malformed') return `malformed: ${describeMessage(told.body)}`;
  if (told?.kind === 'refused') return `${told.node} refuses: ${told.reason}`;
  return null;
}

function printEnd({ flow, time, fault }: Recording, last: ShownStep | null, count: number, same: boolean): void {
  say(`flow ${flow}, recorded ${time}: ${number(count)} steps run again`);
  say(`recorded: ${fault ? describeFault(fault) : 'no fault'}`);
  say(`replayed: ${last?.fault ? describeFault(last.fault) : 'no fault'}`);
  say(same ? 'the same' : 'NOT the same: the recording is of another Fusewire, or this is a bug of ours');
}

const asJson = (
  { flow, time, fault }: Recording,
  steps: readonly ShownStep[],
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
    records: steps.map(step => ({ ...step, egress: step.egress.filter(isTold).length })),
  }),
});
