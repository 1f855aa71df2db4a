/**
 * The flow of bench/core-flow.json as WebAssembly components: the same node files, a router component between each pair,
 * composed by wac and run by wasmtime. What composing costs where fusing costs a copy.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import binaryen from 'binaryen';
import { exportName, FLOW_IMPORT_MODULE, NODE_FUNCTIONS, type NodeFunction } from '#abi';
import { FrameWriter } from '#driver';
import type { FlowInput } from '#fusion';

const NODE_INTERFACE = 'fusewire:node/node@1.0.0';
const HANDLE = 'handle: func(port: u32, message: list<u8>) -> result<_, string>;';
const FUNCTIONS: Record<NodeFunction, string> = {
  configure: 'configure: func(props: string) -> result<_, string>;',
  handle: HANDLE,
  tick: 'tick: func();',
  'save-state': 'save-state: func() -> list<u8>;',
  'load-state': 'load-state: func(state: list<u8>) -> result<_, string>;',
};
const FLOW = `interface flow {
  enum level { debug, info, warn, error }
  emit: func(port: u32, message: list<u8>);
  log: func(level: level, text: string);
  now: func() -> u64;
}`;

/** What the feeder gives again and again. */
export const LINE_MESSAGES = 1_500;
export const LINE_OPTIONS = {
  to: '',
  rate: 0,
  tags: 150,
  count: 0,
  batch: 1,
  pattern: 'boiler' as const,
  seed: 1,
  start_us: 1.7e15,
};

interface Jco {
  componentEmbed(options: { binary: Uint8Array; witSource: string; worldName: string }): Promise<Uint8Array>;
  componentNew(binary: Uint8Array, adapters: []): Promise<Uint8Array>;
}

/** Where the tools of the peers are. */
export interface ComponentTools {
  /** Folder with @bytecodealliance/jco in its node_modules. */
  readonly npm: string;
  readonly wac: string;
  /** Python with the package wasmtime. */
  readonly python: string;
}

/** `emitted` of all sinks over `messages`: what the fused flow must agree with. */
export interface ComponentResult {
  readonly ns_per_message: number;
  readonly ns_per_message_with_fuel: number;
  readonly messages: number;
  readonly emitted: number;
}

export async function runComponents(
  flow: FlowInput,
  nodeBytes: (hash: string) => Uint8Array,
  tools: ComponentTools,
  folder: string,
): Promise<ComponentResult> {
  const jco = (await import(
    pathToFileURL(createRequire(join(tools.npm, 'package.json')).resolve('@bytecodealliance/jco')).href
  )) as Jco;
  const packages = new Map<string, string>();
  const add = async (name: string, core: Uint8Array, wit: string): Promise<void> => {
    const embedded = await jco.componentEmbed({ binary: core, witSource: wit, worldName: 'w' });
    const path = join(folder, `${name}.wasm`);
    writeFileSync(path, await jco.componentNew(embedded, []));
    packages.set(`fw:${name}`, path);
  };
  for (const node of flow.nodes) {
    const type = kebab(node.node_type);
    if (!packages.has(`fw:${type}`)) await add(type, nodeBytes(node.hash), nodeWit(nodeBytes(node.hash)));
    await add(`router-${kebab(node.id)}`, routerCore(flow, node.id), routerWit(flow, node.id));
  }
  await add('feeder', feederCore(), `package fw:feeder; world w { ${targetImport(0)} export run: func(count: u32); }`);
  const script = join(folder, 'flow.wac');
  writeFileSync(script, composition(flow));
  const composed = join(folder, 'flow.wasm');
  const dependencies = [...packages].flatMap(([name, path]) => ['-d', `${name}=${path}`]);
  execFileSync(tools.wac, ['compose', script, '-o', composed, ...dependencies], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const props = JSON.stringify(flow.nodes.map(node => [kebab(node.id), JSON.stringify(node.props ?? {})]));
  const sinks = JSON.stringify(flow.nodes.filter(node => node.sink !== null).map(node => kebab(node.id)));
  const program = join(import.meta.dirname, 'components-run.py');
  const run = (fuel: boolean): ComponentResult =>
    JSON.parse(
      execFileSync(tools.python, [program, composed, props, sinks, String(fuel)], { encoding: 'utf8' }),
    ) as ComponentResult;
  const plain = run(false);
  return { ...plain, ns_per_message_with_fuel: run(true).ns_per_message };
}

const kebab = (name: string): string => name.replaceAll('_', '-');
const targetImport = (index: number): string => `import to-${index}: interface { ${HANDLE} }`;

/** The world of a node: it exports what it has. */
function nodeWit(bytes: Uint8Array): string {
  const exported = new Set(
    WebAssembly.Module.exports(new WebAssembly.Module(bytes as BufferSource)).map(one => one.name),
  );
  const functions = NODE_FUNCTIONS.filter(fn => exported.has(exportName(fn))).map(fn => FUNCTIONS[fn]);
  return `package fusewire:node@1.0.0;
${FLOW}
interface node { ${functions.join('\n')} }
world w { import flow; export node; }`;
}

const wiresFrom = (flow: FlowInput, id: string): FlowInput['wires'] =>
  flow.wires.filter(wire => wire.source_node === id);

function routerWit(flow: FlowInput, id: string): string {
  return `package fw:router;
package fusewire:node@1.0.0 { ${FLOW} }
world w { ${wiresFrom(flow, id)
    .map((_, index) => targetImport(index))
    .join('\n')} export ${FLOW_IMPORT_MODULE}; export emitted: func() -> u64; }`;
}

/** Sends what a node emits to the nodes behind its wires. The message is lifted into the router and lowered again. */
function routerCore(flow: FlowInput, id: string): Uint8Array {
  const wires = wiresFrom(flow, id);
  const outputs = flow.nodes.find(node => node.id === id)!.outputs;
  const target = (index: number): number => {
    const wire = wires[index]!;
    return flow.nodes.find(node => node.id === wire.target_node)!.inputs.indexOf(wire.target_port);
  };
  return wat(`(module
  ${wires.map((_, index) => `(import "to-${index}" "handle" (func $to_${index} (param i32 i32 i32 i32)))`).join('\n')}
  (memory (export "memory") 16)
  (global $next (mut i32) (i32.const 4096))
  (global $emitted (mut i64) (i64.const 0))
  (func (export "emitted") (result i64) (global.get $emitted))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $next))
    (global.set $next (i32.add (local.get $at) (local.get 3)))
    (local.get $at))
  (func (export "${FLOW_IMPORT_MODULE}#emit") (param $port i32) (param $ptr i32) (param $len i32)
    ${wires
      .map(
        (wire, index) => `(if (i32.eq (local.get $port) (i32.const ${outputs.indexOf(wire.source_port)})) (then
      (call $to_${index} (i32.const ${target(index)}) (local.get $ptr) (local.get $len) (i32.const 16))))`,
      )
      .join('\n')}
    (global.set $emitted (i64.add (global.get $emitted) (i64.const 1)))
    (global.set $next (i32.const 4096)))
  (func (export "${FLOW_IMPORT_MODULE}#log") (param i32 i32 i32))
  (func (export "${FLOW_IMPORT_MODULE}#now") (result i64) (i64.const 0)))`);
}

/** Gives the first node the messages of the simulated line, round and round. */
function feederCore(): Uint8Array {
  const writer = new FrameWriter(LINE_OPTIONS, false);
  const messages = writer.fill(0, LINE_MESSAGES);
  const frames = Buffer.from(writer.take());
  const data = [...frames].map(byte => `\\${byte.toString(16).padStart(2, '0')}`).join('');
  if (messages !== LINE_MESSAGES) throw new Error('the line does not fit a buffer');
  return wat(`(module
  (import "to-0" "handle" (func $to (param i32 i32 i32 i32)))
  (memory (export "memory") 8)
  (data (i32.const 65536) "${data}")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "run") (param $count i32)
    (local $at i32) (local $len i32)
    (local.set $at (i32.const 65536))
    (loop $more
      ;; SP frames: the low byte of the big-endian length is all that these need.
      (local.set $len (i32.load8_u offset=7 (local.get $at)))
      (call $to (i32.const 0) (i32.add (local.get $at) (i32.const 8)) (local.get $len) (i32.const 16))
      (if (i32.load8_u (i32.const 16)) (then (unreachable)))
      (local.set $at (i32.add (local.get $at) (i32.add (local.get $len) (i32.const 8))))
      (if (i32.ge_u (local.get $at) (i32.const ${65_536 + frames.length})) (then (local.set $at (i32.const 65536))))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $more (local.get $count)))))`);
}

function wat(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(binaryen.Features.MutableGlobals);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** Instances from the sinks back to the source; each node's interface is exported under its id, to be configured. */
function composition(flow: FlowInput): string {
  const lines = ['package fw:composed;'];
  const done = new Set<string>();
  while (done.size < flow.nodes.length) {
    for (const node of flow.nodes) {
      const wires = wiresFrom(flow, node.id);
      if (done.has(node.id) || wires.some(wire => !done.has(wire.target_node))) continue;
      const id = kebab(node.id);
      const targets = wires.map((wire, index) => `"to-${index}": n-${kebab(wire.target_node)}["${NODE_INTERFACE}"]`);
      lines.push(
        `let r-${id} = new fw:router-${id} { ${targets.join(', ')} };`,
        `let n-${id} = new fw:${kebab(node.node_type)} { "${FLOW_IMPORT_MODULE}": r-${id}["${FLOW_IMPORT_MODULE}"] };`,
        `export n-${id}["${NODE_INTERFACE}"] as "node-${id}";`,
        `export r-${id}["emitted"] as "emitted-${id}";`,
      );
      done.add(node.id);
    }
  }
  const source = kebab(flow.nodes.find(node => node.source !== null)!.id);
  lines.push(`let feeder = new fw:feeder { "to-0": n-${source}["${NODE_INTERFACE}"] };`, 'export feeder["run"];');
  return lines.join('\n');
}
