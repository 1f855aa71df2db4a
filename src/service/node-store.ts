import { createHash } from 'node:crypto';
import type { LibraryNodeDto, LibraryNodeFullDto } from '#api';
import { type Diagnostic, finding, GatewayError } from '#diagnostic';
import { resolveNode } from '#fusion';
import { readNode, withManifest } from '#library';
import type { NodeFilter, NodeOrigin, NodeRow, Nodes } from '#repository';
import type { Artifacts } from './artifacts.ts';
import { FlowRefused } from './flow-store.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const iso = (ms: number): string => new Date(ms).toISOString();

/** The library of nodes: built-in ones and those that were uploaded go the same way. */
export class NodeStore {
  readonly #nodes: Nodes;
  readonly #artifacts: Artifacts;

  constructor(nodes: Nodes, artifacts: Artifacts) {
    this.#nodes = nodes;
    this.#artifacts = artifacts;
  }

  /**
   * Adds a node's file after every check that fusion would make.
   * @param manifest for a module that has none.
   * @throws FlowRefused (its diagnostics say what is wrong with the file), GatewayError node-version-taken
   */
  add(
    bytes: Uint8Array,
    { manifest, origin, by }: { manifest?: string | undefined; origin: NodeOrigin; by: string },
  ): { readonly row: NodeRow; readonly added: boolean } {
    const file = manifest === undefined ? { bytes } : withManifest(bytes, manifest, 'upload');
    if ('problem' in file) throw new FlowRefused('upload', [file.problem]);
    const known = this.#nodes.get(sha256(file.bytes));
    // What is there was checked when it came. Its file may be damaged since: then this one takes its place.
    if (known) return { row: this.#nodes.add({ ...known, bytes: file.bytes, by }), added: false };
    const read = readNode(file.bytes, 'upload');
    if ('problem' in read) throw new FlowRefused('upload', [read.problem]);
    const findings = unfit(file.bytes);
    if (findings.length > 0) throw new FlowRefused(read.manifest.node_type, findings);
    const row = this.#nodes.add({ bytes: file.bytes, manifest: read.manifest, origin, by });
    this.#artifacts.generation += 1;
    return { row, added: true };
  }

  /** @throws GatewayError not-found */
  get(hash: string): NodeRow {
    const row = this.#nodes.get(hash);
    if (!row) throw new GatewayError('not-found', hash.slice(0, 12), 'there is no such node in the library');
    return row;
  }

  list(filter: NodeFilter): { readonly items: LibraryNodeDto[]; readonly next: string | null } {
    const { items, next } = this.#nodes.list(filter);
    return { items: items.map(row => this.head(row)), next };
  }

  deprecate(hash: string, deprecated: boolean, note: string): NodeRow {
    this.get(hash);
    this.#artifacts.generation += 1;
    return deprecated ? this.#nodes.deprecate(hash, note) : this.#nodes.undeprecate(hash);
  }

  /** @throws GatewayError not-found, in-use */
  remove(hash: string): void {
    this.get(hash);
    this.#artifacts.generation += 1;
    this.#nodes.remove(hash);
  }

  head(row: NodeRow): LibraryNodeDto {
    const { title, description, category } = row.manifest;
    return {
      hash: row.hash,
      node_type: row.node_type,
      version: row.version,
      title,
      description,
      category,
      origin: row.origin,
      bytes: row.bytes,
      deprecated: row.deprecated,
      deprecation_note: row.note ?? '',
      default: this.#nodes.defaultOf(row.node_type)?.hash === row.hash,
      added_by: row.added_by,
      added_at: iso(row.added_at),
    };
  }

  full(row: NodeRow): LibraryNodeFullDto {
    return {
      ...this.head(row),
      manifest: row.manifest,
      pinned_by: this.#nodes.pinnedBy(row.hash).map(pin => ({ ...pin })),
    };
  }
}

/** What fusion would refuse, and what engines would. */
function unfit(bytes: Uint8Array): readonly Diagnostic[] {
  const resolved = resolveNode(bytes, 'upload');
  if ('diagnostics' in resolved) return resolved.diagnostics;
  if (WebAssembly.validate(bytes as BufferSource)) return [];
  return [finding('node-not-wasm', 'upload', 'the module does not validate', 'Its code is broken: build it again.')];
}
