import { GatewayError } from '#diagnostic';
import type { CatalogEntry } from '#flow';
import type { BlobFiles } from './blobs.ts';
import { missing } from './failure.ts';
import { Recent } from './recent.ts';
import type { NodeCatalog, Nodes } from './types.ts';

/** Modules kept in memory, all together. */
const CACHE_BYTES = 16 * 1024 * 1024;

/** What is asked of the table of nodes. */
type KnownNodes = Pick<Nodes, 'get' | 'defaultOf'> & Pick<NodeCatalog, 'types'>;

/** The library as checks and fusion see it. */
export class NodesInCatalog implements NodeCatalog {
  readonly #nodes: KnownNodes;
  readonly #blobs: BlobFiles;
  readonly #modules = new Recent<Uint8Array>(CACHE_BYTES, bytes => bytes.length);

  constructor(nodes: KnownNodes, blobs: BlobFiles) {
    this.#nodes = nodes;
    this.#blobs = blobs;
  }

  get types(): readonly string[] {
    return this.#nodes.types;
  }

  byType(node_type: string): CatalogEntry | null {
    return this.#nodes.defaultOf(node_type);
  }

  byHash(hash: string): CatalogEntry | null {
    return this.#nodes.get(hash);
  }

  bytes(hash: string): Uint8Array {
    this.file(hash);
    return this.#modules.get(hash, () => this.#blobs.get(hash));
  }

  file(hash: string): string {
    const row = this.#nodes.get(hash);
    if (!row) throw missing(`node ${hash}`);
    if (!this.#blobs.has(hash))
      throw new GatewayError('blob-damaged', `${row.node_type} ${row.version}`, 'its file is gone; upload it again');
    return this.#blobs.path(hash);
  }
}
