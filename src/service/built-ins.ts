import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_LIMITS } from '#abi';
import { GatewayError } from '#diagnostic';
import { readAtMost } from '#library';
import type { NodeStore } from './node-store.ts';

/** The nodes that come with the gateway go into the library like any others. @param folder `<type>/dist/<type>.wasm` */
export function addBuiltIns(folder: string, nodes: NodeStore, say: (text: string) => void): void {
  for (const name of readdirSync(folder).sort()) {
    const file = join(folder, name, 'dist', `${name}.wasm`);
    if (existsSync(file)) add(readAtMost(file, NODE_LIMITS.module_bytes + 1), name, nodes, say);
  }
}

/** Somebody may have uploaded a node of this name and version: it stays theirs. */
function add(bytes: Uint8Array, name: string, nodes: NodeStore, say: (text: string) => void): void {
  try {
    nodes.add(bytes, { origin: 'built-in', by: 'gateway' });
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'node-version-taken') throw error;
    say(`the built-in node ${name} is left out: ${error.message}`);
  }
}
