import { createHash } from 'node:crypto';
import type { Manifest } from '#abi';
import type { LibraryNodeDto, LibraryNodeFullDto } from '#api';
import { type Diagnostic, finding, GatewayError } from '#diagnostic';
import { resolveNode } from '#fusion';
import { readNode, withManifest } from '#library';
import type { NodeFilter, NodeOrigin, NodeRow, Nodes } from '#repository';
import { parseModule } from '#wasm';
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
    const file = withItsManifest(bytes, manifest);
    const known = this.#nodes.get(sha256(file));
    // What is there was checked when it came. Its file may be damaged since: then this one takes its place.
    if (known) return { row: this.#nodes.add({ ...known, bytes: file, by }), added: false };
    const row = this.#nodes.add({ ...examined(file), origin, by });
    this.#artifacts.generation += 1;
    return { row, added: true };
  }

  /** @throws GatewayError not-found */
  get(hash: string): NodeRow {
    const row = this.#nodes.get(hash);
    if (!row) throw new GatewayError('not-found', hash.slice(0, 12), 'there is no such node in the library');
    return row;
  }

  /** What the library would say of a file, had it been added. @throws FlowRefused as `add` */
  look(bytes: Uint8Array, { manifest, by }: { manifest?: string | undefined; by: string }): LibraryNodeFullDto {
    const file = examined(bytes, manifest);
    const hash = sha256(file.bytes);
    const known = this.#nodes.get(hash);
    if (known) return this.full(known);
    const { node_type, version, title, description, category } = file.manifest;
    const head = { hash, node_type, version, title, description, category, bytes: file.bytes.length };
    const none = { origin: 'upload', deprecated: false, deprecation_note: '', default: false } as const;
    const now = { added_by: by, added_at: iso(Date.now()) };
    return { ...head, ...none, ...now, manifest: file.manifest, pinned_by: [] };
  }

  list(filter: NodeFilter, manifests = false): { readonly items: LibraryNodeDto[]; readonly next: string | null } {
    const { items, next } = this.#nodes.list(filter);
    return { items: items.map(row => ({ ...this.head(row), ...(manifests && { manifest: row.manifest }) })), next };
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

/** @throws FlowRefused: a manifest that is none, or one where there is one already */
function withItsManifest(bytes: Uint8Array, manifest: string | undefined): Uint8Array {
  const file = manifest === undefined ? { bytes } : withManifest(bytes, manifest, 'upload');
  if ('problem' in file) throw new FlowRefused('upload', [file.problem]);
  return file.bytes;
}

/** A file that passes every check. @throws FlowRefused */
function examined(bytes: Uint8Array, manifest?: string): { readonly bytes: Uint8Array; readonly manifest: Manifest } {
  const file = withItsManifest(bytes, manifest);
  const read = readNode(file, 'upload');
  if ('problem' in read) throw new FlowRefused('upload', [read.problem]);
  const findings = unfit(file);
  if (findings.length > 0) throw new FlowRefused(read.manifest.node_type, findings);
  return { bytes: file, manifest: read.manifest };
}

/** As `module.name`. */
export const importsOf = (bytes: Uint8Array): string[] =>
  parseModule(bytes).imports.map(({ module, name }) => `${module}.${name}`);

/** What fusion would refuse, and what engines would. */
function unfit(bytes: Uint8Array): readonly Diagnostic[] {
  const resolved = resolveNode(bytes, 'upload');
  if ('diagnostics' in resolved) return resolved.diagnostics;
  if (WebAssembly.validate(bytes as BufferSource)) return [];
  return [finding('node-not-wasm', 'upload', 'the module does not validate', 'Its code is broken: build it again.')];
}
