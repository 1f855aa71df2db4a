import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST_SECTION, type Manifest, NODE_LIMITS } from '#abi';
import { type Diagnostic, finding } from '#diagnostic';
import { type Catalog, type CatalogEntry, readJson, schemaProblems } from '#flow';
import { customSection, MalformedWasm, parseModule } from '#wasm';
import { parseManifest } from './manifest.ts';
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
    const result = readManifest(bytes, file);
    if ('problem' in result) return [result.problem];
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

/** The manifest of a node's file, or what is wrong with either. */
function readManifest(bytes: Uint8Array, file: string): { manifest: Manifest } | { problem: Diagnostic } {
  if (bytes.length > NODE_LIMITS.module_bytes) {
    const message = `the file has more than ${NODE_LIMITS.module_bytes} bytes, which is the limit`;
    return { problem: finding('node-limit', file, message, 'Strip debug information, or split the node.') };
  }
  let section: Uint8Array | null;
  try {
    section = customSection(parseModule(bytes), MANIFEST_SECTION);
  } catch (error) {
    if (!(error instanceof MalformedWasm)) throw error;
    const message = `not a wasm module: ${error.message}`;
    return { problem: finding('node-not-wasm', file, message, 'Give a core module that follows the node contract.') };
  }
  if (!section) {
    const message = `the module has no custom section ${MANIFEST_SECTION}`;
    return {
      problem: finding('node-manifest-missing', file, message, 'Put the manifest in at build time; see docs/nodes.md.'),
    };
  }
  const result = parseManifest(section);
  const problems = 'manifest' in result ? doubts(section, result.manifest) : result.problems;
  if ('manifest' in result && problems.length === 0) return result;
  const message = problems.slice(0, PROBLEMS_SHOWN).join('; ');
  return { problem: finding('node-manifest-invalid', file, message, 'Mend the manifest; see docs/nodes.md.') };
}

const PROBLEMS_SHOWN = 5;

/** What is wrong with a manifest of the right shape: JSON that readers take differently, a schema that nobody can use. */
function doubts(section: Uint8Array, { props }: Manifest): string[] {
  const read = readJson(section);
  if ('diagnostics' in read) return read.diagnostics.map(({ where, message }) => `${where}: ${message}`);
  const reasons = props ? schemaProblems(props) : [];
  return reasons.length > 0 ? [`the props schema cannot be used: ${reasons[0]}`, ...reasons.slice(1)] : [];
}
