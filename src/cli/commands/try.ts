import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { FlowClock, FlowPlan } from '#abi';
import { GatewayError } from '#diagnostic';
import { describeFault } from '#engine';
import { planOf } from '#fusion';
import {
  encodeUpdate,
  type LoadedFlow,
  loadFlow,
  readPayload,
  type TryRecord,
  type TryResult,
  type TryStep,
  tryFlow,
  type UpdateJson,
} from '#gateway';
import { complain, EXIT, fail, number, print, printFindings, printJson } from '../output.ts';
import { BUILT_INS, cacheDirectory } from '../paths.ts';
import { brief, describeMessage } from '../payload.ts';

interface TryFlags {
  readonly message?: string[];
  readonly messages?: string;
  readonly advance?: string;
  readonly fused?: boolean;
  readonly clock: FlowClock;
  readonly node?: string[];
  readonly json?: boolean;
}

export function addTry(command: Command): void {
  command
    .argument('<flow.json>')
    .option(
      '--message <json...>',
      'an update {"tag", "value", "kind"?, "timestamp"? (µs), "quality"?, "unit"?, "seq"?}, or {"base64"}',
    )
    .option('--messages <file>', 'the same from a file, one a line')
    .option('--advance <ms>', 'let so much time pass after the last message: ticks run')
    .option('--fused', 'run the fused module; else the nodes one by one')
    .option('--clock <clock>', 'event: time comes from the messages; arrival: from the gateway', 'event')
    .option('--node <file...>', 'nodes of your own (.wasm)')
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample:\n  fusewire try flow.json --message '{"tag":"line1/cell01/temp","value":95}'`)
    .action(async (file: string, flags: TryFlags) => {
      try {
        await tryOut(file, flags);
      } catch (error) {
        fail(error);
      }
    });
}

async function tryOut(file: string, flags: TryFlags): Promise<void> {
  const steps = stepsOf(flags);
  if (typeof steps === 'string') {
    complain(steps);
    process.exitCode = EXIT.usage;
    return;
  }
  const flow = await loadFlow(file, BUILT_INS, flags.node);
  const result =
    flow.document === undefined
      ? flow
      : await tryFlow(flow, steps, { fused: flags.fused ?? false, clock: flags.clock, cache: cacheDirectory() });
  if ('diagnostics' in result) {
    printFindings(result.diagnostics, file);
    process.exitCode = EXIT.flowWrong;
    return;
  }
  if (flags.json) printJson({ records: result.records.map(asJson), stopped: result.stopped });
  else show(result, steps, flow as LoadedFlow);
  if (result.stopped !== null) process.exitCode = EXIT.flowWrong;
}

/** @returns what is wrong with the flags. */
function stepsOf({ message = [], messages, advance, clock }: TryFlags): TryStep[] | string {
  if (clock !== 'event' && clock !== 'arrival') return '--clock is event or arrival';
  const lines = [...message, ...(messages === undefined ? [] : linesOf(messages))];
  if (lines.length === 0) return 'give a message: --message, or --messages with a file of them';
  const steps: TryStep[] = [];
  let last_us = 0;
  for (const line of lines) {
    const json = parse(line);
    if (!json) return `not a message: ${brief(line, 200)}`;
    const bytes = 'base64' in json ? new Uint8Array(Buffer.from(json.base64, 'base64')) : encodeUpdate(json);
    if ('problem' in bytes) return `not a message: ${brief(line, 200)}: ${bytes.problem}`;
    if (!('base64' in json)) last_us = Math.max(last_us, json.timestamp ?? 0);
    steps.push({ kind: 'message', message: bytes });
  }
  if (advance === undefined) return steps;
  if (!/^\d{1,9}$/.test(advance)) return '--advance is a number of milliseconds';
  const from_us = clock === 'event' ? last_us : Date.now() * 1_000;
  return [...steps, { kind: 'advance', to_us: from_us + Number(advance) * 1_000 }];
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter(line => line.trim() !== '');
  } catch (error) {
    throw new GatewayError('file-not-found', file, (error as Error).message, error);
  }
}

const KEYS = new Set(['tag', 'value', 'kind', 'timestamp', 'quality', 'unit', 'seq']);
function parse(line: string): UpdateJson | { readonly base64: string } | null {
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof json !== 'object' || json === null) return null;
  if (typeof json['base64'] === 'string') return { base64: json['base64'] };
  const { tag, timestamp = 0, quality = 0, unit = '' } = json;
  const fits = [timestamp, quality].every(one => Number.isSafeInteger(one) && (one as number) >= 0);
  const known = Object.keys(json).every(key => KEYS.has(key));
  return typeof tag === 'string' && typeof unit === 'string' && fits && known ? (json as unknown as UpdateJson) : null;
}

function asJson({ hops, outputs, dead_letters, ...record }: TryRecord): object {
  const payload = ({ body, bytes }: { body: Uint8Array; bytes: number }): object => ({
    bytes,
    ...readPayload(body, bytes),
  });
  return {
    ...record,
    hops: hops.map(({ node, port, refused, body, bytes }) => ({ node, port, refused, ...payload({ body, bytes }) })),
    outputs: outputs.map(({ node, ...one }) => ({ node, ...payload(one) })),
    dead_letters: dead_letters.map(({ message, ...one }) => ({
      ...one,
      ...payload({ body: message, bytes: message.length }),
    })),
  };
}

function show({ records, stopped }: TryResult, steps: readonly TryStep[], { input, library }: LoadedFlow): void {
  const planned = planOf(input, hash => library.bytes(hash));
  const depth = 'plan' in planned ? depths(planned.plan) : () => 1;
  let step = -1;
  for (const record of records) {
    const given = steps[record.step];
    if (record.step !== step && given?.kind === 'message')
      print(`message ${record.step + 1}: ${describeMessage(given.message)}`);
    if (record.step !== step && given?.kind === 'advance') print('time passes');
    step = record.step;
    if (record.what === 'malformed') print('  malformed: it is no TagUpdate');
    if (record.what === 'tick') print(`  tick at ${new Date(record.now_us / 1_000).toISOString()}`);
    let silent = true;
    for (const { node, port, body, bytes, refused } of record.hops) {
      if (node === null) continue;
      silent = false;
      const indent = '  '.repeat(depth(record, node, port, refused));
      if (refused) print(`${indent}✗ ${node}.${port} refuses: ${brief(Buffer.from(body).toString('utf8'))}`);
      else
        print(
          `${indent}${port === 'sink' ? '⇒' : '→'} ${node}${port === 'sink' ? '' : `.${port}`}: ${describeMessage(body, bytes)}`,
        );
    }
    if (silent && record.what === 'record') print('  (no node emitted anything)');
    if (record.truncated > 0) print(`  … and ${number(record.truncated)} more hops`);
    for (const { node, level, text } of record.logs) print(`  ! ${node} says (${level}): ${brief(text)}`);
    if (record.fault) print(`  ✗ ${describeFault(record.fault)}`);
  }
  if (stopped !== null) complain(`stopped: ${stopped}`);
}

/** How deep in the graph a hop is: below the hop that the node got its message from. */
function depths({
  nodes,
  wires,
}: FlowPlan): (record: TryRecord, node: string, port: string, refused: boolean) => number {
  const feeds = new Set(
    wires.map(({ source_node, source_port, target_node }) => {
      const source = nodes[source_node]!;
      return JSON.stringify([source.id, source.outputs[source_port], nodes[target_node]!.id]);
    }),
  );
  let of: TryRecord | null = null;
  let stack: { readonly node: string; readonly port: string }[] = [];
  return (record, node, port, refused) => {
    if (record !== of) stack = [];
    of = record;
    for (let top = stack.at(-1); top && !feeds.has(JSON.stringify([top.node, top.port, node])); top = stack.at(-1))
      stack.pop();
    const depth = stack.length + 1;
    if (!refused) stack.push({ node, port });
    return depth;
  };
}
