import type { Diagnostic } from '#diagnostic';
import { GatewayError } from '#diagnostic';
import { inspectFlow } from '#engine';
import type { FlowDocument } from '#flow';
import { type FlowRow, packBundle, type Repository, readBundle } from '#repository';
import { FlowRefused, type FlowStore, type Which } from './flow-store.ts';
import type { NodeStore } from './node-store.ts';
import { pinned } from './pin.ts';

export interface Imported {
  readonly flow: FlowRow;
  readonly nodes_added: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Flows as files: bundles of a flow with its nodes, and fused modules, which hold their graph. */
export class Bundles {
  readonly #repository: Repository;
  readonly #flows: FlowStore;
  readonly #nodes: NodeStore;

  constructor(repository: Repository, flows: FlowStore, nodes: NodeStore) {
    this.#repository = repository;
    this.#flows = flows;
    this.#nodes = nodes;
  }

  /** @throws FlowRefused, GatewayError not-found */
  export(id: string, which: Which): Uint8Array {
    const { name, settings } = this.#flows.get(id);
    const { document, tests } = this.#flows.content(id, which);
    const flow = this.#flows.load(document, id);
    const hashes = [...new Set([...flow.nodes.values()].map(node => node.hash))];
    const nodes = hashes.map(hash => ({ row: this.#nodes.get(hash), bytes: flow.library.bytes(hash) }));
    return packBundle({
      flow: { id, name, document: pinned(flow), settings, tests },
      nodes: nodes.map(({ row, bytes }) => ({ hash: row.hash, node_type: row.node_type, version: row.version, bytes })),
    });
  }

  /**
   * @param into flow whose draft is replaced; else a flow is made, with `id` or one of its name.
   * @throws FlowRefused, GatewayError exists, not-found, artifact-invalid
   */
  import(
    bytes: Uint8Array,
    { into, id, by }: { into?: string | undefined; id?: string | undefined; by: string },
  ): Imported {
    return isWasm(bytes) ? this.#fromArtifact(bytes, { into, id, by }) : this.#fromBundle(bytes, { into, id, by });
  }

  #fromArtifact(
    bytes: Uint8Array,
    { into, id, by }: { into?: string | undefined; id?: string | undefined; by: string },
  ): Imported {
    const inspection = inspectFlow(bytes);
    if (!inspection) throw new GatewayError('artifact-invalid', 'upload', 'it is wasm, but holds no graph');
    const document = inspection.document as FlowDocument;
    return this.#put({ name: document.name, document, tests: [], settings: undefined }, [], { into, id, by });
  }

  #fromBundle(
    bytes: Uint8Array,
    { into, id, by }: { into?: string | undefined; id?: string | undefined; by: string },
  ): Imported {
    const read = readBundle(bytes);
    if ('diagnostics' in read) throw new FlowRefused('bundle', read.diagnostics);
    const { flow, nodes } = read.bundle;
    const added = nodes.flatMap(node => {
      const { row, added } = this.#nodes.add(node.bytes, { origin: 'upload', by });
      return added ? [row.hash] : [];
    });
    return this.#put(flow, added, { into, id: id ?? (this.#repository.flows.get(flow.id) ? undefined : flow.id), by });
  }

  #put(
    {
      name,
      document,
      tests,
      settings,
    }: { name: string; document: FlowDocument; tests: FlowTests; settings: Partial<FlowRow['settings']> | undefined },
    nodes_added: readonly string[],
    { into, id, by }: { into?: string | undefined; id?: string | undefined; by: string },
  ): Imported {
    if (into !== undefined) this.#flows.saveDraft(into, null, { document, tests, by });
    const flow =
      into === undefined ? this.#flows.create({ id, name, document, tests, settings, by }) : this.#flows.get(into);
    return { flow, nodes_added, diagnostics: this.#flows.check(flow.id) };
  }
}

type FlowTests = readonly { readonly name: string; readonly text: string }[];
const isWasm = (bytes: Uint8Array): boolean =>
  bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
