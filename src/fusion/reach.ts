import { NODE_FUNCTIONS, postName, REALLOC_EXPORT } from '#abi';
import { ByteReader, forEachCall, importedCount, type WasmModule } from '#wasm';

/**
 * Whether cabi_realloc or a cabi_post_ could call `emit`, which only handle and tick may. Nearly no module can, and then
 * `emit` need not look at who calls. Indirect calls count as reaching every function in a table.
 */
export function mayReachEmit(module: WasmModule): boolean {
  const imports = module.imports.filter(entry => entry.kind === 'func');
  const emit = imports.findIndex(entry => entry.name === 'emit');
  if (emit < 0) return false;
  const imported = importedCount(module, 'func');
  const roots = [REALLOC_EXPORT, ...NODE_FUNCTIONS.map(postName)];
  const pending = module.exports
    .filter(entry => entry.kind === 'func' && roots.includes(entry.name))
    .map(entry => entry.index);
  const inTables = module.elements.flatMap(segment => segment.items.filter(item => item !== null));
  const seen = new Set<number>();
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    if (index === emit) return true;
    if (index < imported || seen.has(index)) continue;
    seen.add(index);
    const body = module.bodies[index - imported]!;
    forEachCall(new ByteReader(module.bytes, body.code, body.end), callee => {
      if (callee === null) pending.push(...inTables);
      else pending.push(callee);
    });
  }
  return false;
}
