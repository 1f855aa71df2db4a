/** Commands and flows as processes of their own, with a node that fails on demand and its manifest. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeTagUpdate, MANIFEST_SECTION } from '#abi';
import { dialPush } from '#connectors';
import { withCustomSection } from '#wasm';
import { frames } from './generate.ts';
import { PASS, watNode } from './nodes.ts';
import { LONGEST_MS } from './until.ts';

const ROOT = join(import.meta.dirname, '../..');
const FLAGS = ['--conditions=fusewire-source', '--disable-warning=ExperimentalWarning', join(ROOT, 'src/cli/main.ts')];

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Of what `run --json` prints. */
export interface Stats {
  readonly records: number;
  readonly letters: { readonly kept: number };
}

/** A process that writes into `out` and `err`. */
export class Command {
  out = '';
  err = '';
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;

  /** @param cache folder of fused modules */
  constructor(cache: string, args: readonly string[]) {
    this.child = spawn(process.execPath, [...FLAGS, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FUSEWIRE_CACHE: cache },
    });
    this.child.stdout!.on('data', chunk => (this.out += String(chunk)));
    this.child.stderr!.on('data', chunk => (this.err += String(chunk)));
    this.ended = new Promise(resolve =>
      this.child.once('close', code => resolve({ code, out: this.out, err: this.err })),
    );
  }

  /** Waits until it holds. @throws Error with all that was said, when the process ends before, or it takes too long. */
  async until(condition: () => boolean): Promise<void> {
    const began = performance.now();
    while (!condition()) {
      const late = performance.now() - began > LONGEST_MS;
      if (this.child.exitCode !== null || late) {
        this.child.kill('SIGKILL');
        const end = late ? 'does not come about' : `ended with ${this.child.exitCode}`;
        throw new Error(`${condition}: ${end}: ${this.out.slice(-2_000)}${this.err}`);
      }
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  }

  /** What the last line of statistics says. */
  get stats(): Stats {
    const lines = this.out.slice(0, this.out.lastIndexOf('\n')).split('\n');
    return JSON.parse(lines.findLast(line => line.startsWith('{"records"')) ?? '{"letters":{}}') as Stats;
  }

  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** One line of a flow's output file. */
export interface Line {
  readonly tag: string;
  readonly value: number;
}

/** A folder with a flow, its state, its outputs. */
export class Place {
  readonly directory: string;
  readonly flow: string;
  readonly state: string;
  readonly node: string;

  constructor(directory: string, document: object) {
    this.directory = directory;
    this.flow = this.file('flow.json');
    this.state = this.file('state');
    this.node = this.file('moody.wasm');
    this.write(document);
    writeFileSync(this.node, MOODY);
  }

  file(name: string): string {
    return join(this.directory, name);
  }

  write(document: object): void {
    writeFileSync(this.flow, JSON.stringify(document));
  }

  command(...args: string[]): Promise<Ended> {
    return new Command(this.file('cache'), args).ended;
  }

  /** Starts the flow and waits until drivers can come. */
  async start(...flags: string[]): Promise<Command> {
    const run = new Command(this.file('cache'), this.runArgs(`ipc://${this.file('in')}`, ...flags));
    await run.until(() => run.out.includes('listening'));
    return run;
  }

  runArgs(listen: string, ...flags: string[]): string[] {
    const state = ['--state', this.state, '--durable', '--json', '--interval', '20'];
    return [
      'run',
      this.flow,
      '--listen',
      listen,
      '--node',
      this.node,
      '--directory',
      this.directory,
      ...state,
      ...flags,
    ];
  }

  async send(messages: readonly Uint8Array[]): Promise<void> {
    const push = await dialPush(`ipc://${this.file('in')}`);
    await push.write(frames(messages, true));
    await push.close();
  }

  lines(name = 'out.jsonl'): Line[] {
    if (!existsSync(this.file(name))) return [];
    const whole = readFileSync(this.file(name), 'utf8').split('\n').slice(0, -1);
    return whole.map(line => JSON.parse(line) as Line);
  }
}

export const update = (tag: string, value: number): Uint8Array =>
  encodeTagUpdate({ tag, timestamp: 1_770_000_000_000_000, seq: value, value: { kind: 'double', value } });

const FIRST_LETTER = '(i32.load8_u offset=2 (local.get $ptr))';
const letter = (char: string): string => `(i32.eq ${FIRST_LETTER} (i32.const ${char.charCodeAt(0)}))`;

/** Passes updates on. A tag that begins with `t` traps, one with `e` is refused the first time that one comes. */
export const MOODY = withCustomSection(
  watNode({
    handle: `(if ${letter('t')} (then (unreachable)))
      (if (i32.and ${letter('e')} (i32.eqz (i32.load (i32.const 128)))) (then
        (i32.store (i32.const 128) (i32.const 1))
        (i32.store8 (i32.const 48) (i32.const 1)) (i32.store (i32.const 52) (i32.const 200)) (i32.store (i32.const 56) (i32.const 7))
        (return (i32.const 48))))
      ${PASS}`,
    parts: '(data (i32.const 200) "not now")',
  }),
  MANIFEST_SECTION,
  Buffer.from(
    JSON.stringify({
      node_type: 'moody',
      version: '1.0.0',
      title: 'Moody',
      description: 'A node of a test.',
      category: 'test',
      inputs: [{ name: 'in', type: 'tag' }],
      outputs: [{ name: 'out', type: 'tag' }],
    }),
  ),
);

/** A chain of nodes, each with one output and one input but for the ends. */
export function chain(...nodes: readonly { id: string; node_type: string; props?: object }[]): object {
  const wires = nodes.slice(1).map(({ id, node_type }, i) => ({
    source_node: nodes[i]!.id,
    source_port: nodes[i]!.node_type === 'filter' ? 'true' : 'out',
    target_node: id,
    target_port: node_type === 'binary_combine' ? 'a' : 'in',
  }));
  return { format: 'fusewire.flow/1', name: 'line', nodes, wires };
}

export const INPUT = { id: 'in', node_type: 'tag_input' };
export const VICTIM = { id: 'victim', node_type: 'moody' };
export const SUM = { id: 'sum', node_type: 'agg', props: { function: 'sum', mode: 'running' } };
export const OUTPUT = { id: 'out', node_type: 'file_sink', props: { path: 'out.jsonl', batch_ms: 0 } };
