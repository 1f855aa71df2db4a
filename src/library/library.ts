import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST_SECTION, type Manifest, NODE_LIMITS, parseManifest } from '#abi';
import { type Diagnostic, GatewayError } from '#diagnostic';
import type { Catalog, CatalogEntry } from '#flow';
import { customSection, MalformedWasm, parseModule } from '#wasm';

export interface LibraryNode extends CatalogEntry {
  readonly bytes: Uint8Array;
  readonly file: string;
}

/** Node files by type and by hash. Built-in nodes and a user's own go exactly the same way. */
export class NodeLibrary implements Catalog {
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

  /** Adds a node; a later one of the same type becomes the default. @returns what is wrong with the file. */
  addFile(file: string): Diagnostic[] {
    const bytes = readNodeFile(file);
    const result = readManifest(bytes);
    if ('problem' in result) return [{ severity: 'error', where: file, ...result.problem }];
    const node = { bytes, file, hash: createHash('sha256').update(bytes).digest('hex'), manifest: result.manifest };
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

function readNodeFile(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    throw new GatewayError('file-not-found', file, (error as Error).message, error);
  }
}

type Problem = { code: string; message: string; hint: string };

function readManifest(bytes: Uint8Array): { manifest: Manifest } | { problem: Problem } {
  if (bytes.length > NODE_LIMITS.module_bytes) {
    return {
      problem: {
        code: 'node-limit',
        message: `the file has ${bytes.length} bytes; the limit is ${NODE_LIMITS.module_bytes}`,
        hint: 'Strip debug information, or split the node.',
      },
    };
  }
  try {
    const section = customSection(parseModule(bytes), MANIFEST_SECTION);
    if (!section)
      return {
        problem: {
          code: 'node-manifest-missing',
          message: `the module has no custom section ${MANIFEST_SECTION}`,
          hint: 'Put the manifest in at build time; see docs/nodes.md.',
        },
      };
    const result = parseManifest(section);
    if ('manifest' in result) return result;
    return {
      problem: {
        code: 'node-manifest-invalid',
        message: result.problems.join('; '),
        hint: 'Mend the manifest; see docs/nodes.md.',
      },
    };
  } catch (error) {
    if (!(error instanceof MalformedWasm)) throw error;
    return {
      problem: {
        code: 'node-not-wasm',
        message: `not a wasm module: ${error.message}`,
        hint: 'Give a core module that follows the node contract.',
      },
    };
  }
}
