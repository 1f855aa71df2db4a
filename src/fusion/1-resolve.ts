/**
 * Phase 1: from a node's file to a module that fusion may take in. Everything that can be wrong with the file is found here,
 * all at once, as diagnostics; later phases assert.
 */
import {
  DOCUMENT_LIMITS,
  exportName,
  FLOW_IMPORT_MODULE,
  INITIALIZE_EXPORT,
  MEMORY_EXPORT,
  NODE_FUNCTIONS,
  NODE_LIMITS,
  type NodeFunction,
  postName,
  REALLOC_EXPORT,
} from '#abi';
import { type Diagnostic, type DiagnosticCode, finding, quoted } from '#diagnostic';
import {
  exportedFunction,
  type FuncType,
  importedCount,
  MalformedWasm,
  parseModule,
  refusedFeatures,
  VALUE_TYPE_NAMES,
  type WasmModule,
} from '#wasm';
import type { NodeShape } from './glue/index.ts';
import { mayReachEmit } from './reach.ts';

export interface ResolvedNode {
  readonly module: WasmModule;
  readonly shape: NodeShape;
}

const signature = (params: string, results: string): FuncType => ({ params: codes(params), results: codes(results) });
const codes = (names: string): number[] =>
  names
    .split(' ')
    .filter(Boolean)
    .map(name => Number(Object.entries(VALUE_TYPE_NAMES).find(([, text]) => text === name)![0]));
const same = (a: FuncType, b: FuncType): boolean =>
  a.params.join() === b.params.join() && a.results.join() === b.results.join();
const show = (type: FuncType): string =>
  `(${type.params.map(code => VALUE_TYPE_NAMES[code]).join(' ')}) -> (${type.results.map(code => VALUE_TYPE_NAMES[code]).join(' ')})`;

const IMPORTS: Readonly<Record<string, FuncType>> = {
  emit: signature('i32 i32 i32', ''),
  log: signature('i32 i32 i32', ''),
  now: signature('', 'i64'),
};
const FUNCTIONS: Readonly<Record<NodeFunction, FuncType>> = {
  configure: signature('i32 i32', 'i32'),
  handle: signature('i32 i32 i32', 'i32'),
  tick: signature('', ''),
  'save-state': signature('', 'i32'),
  'load-state': signature('i32 i32', 'i32'),
};
const REALLOC = signature('i32 i32 i32 i32', 'i32');
const NOTHING = signature('', '');

/** @returns the module, or every reason why it cannot be fused. `where` is the JSON path of the node in the document. */
export function resolveNode(
  bytes: Uint8Array,
  where: string,
  pages_max: number = NODE_LIMITS.memory_pages,
): { node: ResolvedNode } | { diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const report = (code: DiagnosticCode, message: string, hint: string): void => {
    if (diagnostics.length < DOCUMENT_LIMITS.findings) diagnostics.push(finding(code, where, message, hint));
  };
  if (bytes.length > NODE_LIMITS.module_bytes) {
    report(
      'node-limit',
      `the module has ${bytes.length} bytes; the limit is ${NODE_LIMITS.module_bytes}`,
      'Strip debug information, or split the node.',
    );
    return { diagnostics };
  }
  let module: WasmModule;
  try {
    module = parseModule(bytes);
  } catch (error) {
    if (!(error instanceof MalformedWasm)) throw error;
    report(
      'node-not-wasm',
      `not a wasm module: ${error.message}`,
      'Give a core module that follows the node contract.',
    );
    return { diagnostics };
  }
  for (const feature of refusedFeatures(module)) {
    report(
      'node-feature-refused',
      `the module uses ${feature}, which a node may not`,
      'Switch the feature off in the compiler.',
    );
  }
  checkLimits(module, pages_max, report);
  if (diagnostics.length === 0 && !WebAssembly.validate(bytes as BufferSource)) {
    report(
      'node-not-wasm',
      'the module does not validate',
      'The compiler or a later tool has written a broken module.',
    );
  }
  checkImports(module, report);
  checkExports(module, report);
  if (diagnostics.length > 0) return { diagnostics };
  return { node: { module, shape: shapeOf(module) } };
}

type Report = (code: DiagnosticCode, message: string, hint: string) => void;

function checkLimits(module: WasmModule, pages_max: number, report: Report): void {
  const most = (what: string, count: number, limit: number): void => {
    if (count > limit)
      report('node-limit', `the module has ${count} ${what}; the limit is ${limit}`, 'Make the node smaller.');
  };
  most('functions', module.bodies.length, NODE_LIMITS.functions);
  most('types', module.types.length, NODE_LIMITS.types);
  most('globals', module.globals.length, NODE_LIMITS.globals);
  most('tables', module.tables.length, NODE_LIMITS.tables);
  most('data segments', module.data.length, NODE_LIMITS.data_segments);
  most('element segments', module.elements.length, NODE_LIMITS.element_segments);
  most('exports', module.exports.length, NODE_LIMITS.exports);
  most(
    'elements in its tables at the start',
    module.tables.reduce((sum, table) => sum + table.min, 0),
    NODE_LIMITS.table_elements,
  );
  for (const memory of module.memories) most('pages of memory at the start', memory.min, pages_max);
  const locals = module.bodies.map(body => body.locals.reduce((sum, run) => sum + run.count, 0));
  most(
    'locals in one function',
    locals.reduce((a, b) => Math.max(a, b), 0),
    NODE_LIMITS.function_locals,
  );
  const sizes = module.bodies.map(body => body.end - body.start);
  most(
    'bytes in one function',
    sizes.reduce((a, b) => Math.max(a, b), 0),
    NODE_LIMITS.function_body_bytes,
  );
}

function checkImports(module: WasmModule, report: Report): void {
  for (const entry of module.imports) {
    // Names come from outside: "constructor" is none of ours, though every object has one.
    const ours = entry.module === FLOW_IMPORT_MODULE && Object.hasOwn(IMPORTS, entry.name);
    const known = ours ? IMPORTS[entry.name] : undefined;
    if (!known || entry.kind !== 'func') {
      report(
        'node-import-unknown',
        `the module imports ${entry.kind} ${quoted(entry.module)} ${quoted(entry.name)}`,
        `A node may import only emit, log and now of "${FLOW_IMPORT_MODULE}".`,
      );
    } else if (!same(module.types[entry.type]!, known)) {
      report(
        'node-import-unknown',
        `the import ${entry.name} has the type ${show(module.types[entry.type]!)}, not ${show(known)}`,
        'Build against the WIT of the contract.',
      );
    }
  }
}

function checkExports(module: WasmModule, report: Report): void {
  const memory = module.exports.find(entry => entry.name === MEMORY_EXPORT && entry.kind === 'memory');
  if (!memory)
    report('node-export-missing', 'the module does not export its memory', `Export it as "${MEMORY_EXPORT}".`);
  const need = (name: string, type: FuncType, required: boolean): void => {
    const found = exportedFunction(module, name);
    if (!found && required)
      report('node-export-missing', `the module does not export the function ${name}`, 'See the node contract.');
    if (found && !same(found, type)) {
      report(
        'node-export-missing',
        `the export ${name} has the type ${show(found)}, not ${show(type)}`,
        'Build against the WIT of the contract.',
      );
    }
  };
  need(REALLOC_EXPORT, REALLOC, true);
  need(INITIALIZE_EXPORT, NOTHING, false);
  for (const fn of NODE_FUNCTIONS) {
    need(exportName(fn), FUNCTIONS[fn], fn === 'handle');
    need(postName(fn), { params: FUNCTIONS[fn].results, results: [] }, false);
  }
}

function shapeOf(module: WasmModule): NodeShape {
  const has = (name: string): boolean => exportedFunction(module, name) !== null;
  return {
    functions: new Set(NODE_FUNCTIONS.filter(fn => has(exportName(fn)))),
    posts: new Set(NODE_FUNCTIONS.filter(fn => has(postName(fn)) && has(exportName(fn)))),
    initialize: has(INITIALIZE_EXPORT),
    start: module.start !== null && module.start >= importedCount(module, 'func'),
    guardEmit: mayReachEmit(module),
  };
}
