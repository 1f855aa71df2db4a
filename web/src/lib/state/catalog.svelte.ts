/** The node library, as the palette, the canvas and the checks know it. */
import { api, ask, type Shapes } from '../api/client.ts';
import type { Catalog, CatalogEntry, Manifest } from '../contract.ts';

export type LibraryNode = Shapes['LibraryNode'];
export interface KnownNode extends CatalogEntry {
  readonly node: LibraryNode;
}
const PAGE = 500;

class NodeCatalog implements Catalog {
  /** By hash; a new map with each change. */
  entries = $state.raw<ReadonlyMap<string, KnownNode>>(new Map());
  loaded = $state(false);
  readonly #byType = $derived(
    new Map([...this.entries.values()].filter(({ node }) => node.default).map(one => [one.manifest.node_type, one])),
  );

  /** @throws ApiError */
  async load(): Promise<void> {
    const next = new Map<string, KnownNode>();
    for (let after: string | undefined; ; ) {
      const { items, next: more } = await ask(
        api.GET('/api/v1/nodes', { params: { query: { limit: PAGE, manifests: 'true', ...(after && { after }) } } }),
      );
      for (const { manifest, ...node } of items)
        next.set(node.hash, { hash: node.hash, manifest: manifest as Manifest, node });
      if (more === null) break;
      after = more;
    }
    this.entries = next;
    this.loaded = true;
  }

  /** What one chooses from: the default version of each type that is not deprecated. */
  get palette(): readonly KnownNode[] {
    return [...this.#byType.values()].filter(({ node }) => !node.deprecated);
  }
  versionsOf(node_type: string): readonly KnownNode[] {
    return [...this.entries.values()].filter(({ manifest }) => manifest.node_type === node_type);
  }
  of(node: { readonly node_type: string; readonly wasm_hash?: string | undefined }): KnownNode | null {
    return node.wasm_hash === undefined ? this.byType(node.node_type) : this.byHash(node.wasm_hash);
  }
  byType(node_type: string): KnownNode | null {
    return this.#byType.get(node_type) ?? null;
  }
  byHash(hash: string): KnownNode | null {
    return this.entries.get(hash) ?? null;
  }
  get types(): readonly string[] {
    return [...this.#byType.keys()];
  }
}

export const catalog = new NodeCatalog();
