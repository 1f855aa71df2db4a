import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_LIMITS } from '#abi';
import type { Diagnostic } from '#diagnostic';
import type { Catalog, CatalogEntry } from '#flow';
import { readNode } from './node-file.ts';
import { readAtMost } from './read-at-most.ts';

export interface LibraryNode extends CatalogEntry {
  readonly bytes: Uint8Array;
  readonly file: string;
}

/** Nodes as checks and fusion take them. */
export interface NodeFiles extends Catalog {
  /** Of a node that is there. */
  bytes(hash: string): Uint8Array;
  /** Where they lie, for another process to read. */
  file(hash: string): string;
}

/** Node files by type and by hash. Built-in nodes and a user's own go exactly the same way. */
export class NodeLibrary implements NodeFiles {
  readonly #byType = new Map<string, LibraryNode>();
  readonly #byHash = new Map<string, LibraryNode>();

  get types(): string[] {
    return [...this.#byType.keys()].sort();
  }
  byType(node_type: string): LibraryNode | null {
    return this.#byType.get(node_type) ?? null;
  }
  byHash(hash: string): LibraryNode | null {
    return this.#byHash.get(hash) ?? null;
  }
  bytes(hash: string): Uint8Array {
    return this.#byHash.get(hash)!.bytes;
  }
  file(hash: string): string {
    return this.#byHash.get(hash)!.file;
  }

  /** Adds a node; a later one of the same type becomes the default. @returns what is wrong with the file. */
  addFile(file: string): Diagnostic[] {
    const bytes = readAtMost(file, NODE_LIMITS.module_bytes + 1);
    const result = readNode(bytes, file);
    if ('problem' in result) return [result.problem];
    const node = { bytes, file, ...result };
    this.#byType.set(node.manifest.node_type, node);
    this.#byHash.set(node.hash, node);
    return [];
  }

  /** Adds `<dir>/<type>/dist/<type>.wasm` of every built-in. */
  addBuiltIns(dir: string): Diagnostic[] {
    return readdirSync(dir, { withFileTypes: true })
      .filter(entry => entry.isDirectory() && entry.name !== 'lib')
      .map(entry => entry.name)
      .sort()
      .flatMap(name => this.addFile(join(dir, name, 'dist', `${name}.wasm`)));
  }
}
