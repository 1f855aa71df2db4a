import type { Manifest } from '#abi';
import type { Catalog } from '#flow';
import type { Listing, Page } from './page.ts';

/** Bytes by their sha256 (64 lower-case hex digits). A blob lives as long as a row names it: others go at the next open. */
export interface Blobs {
  /** On disk, synced, when it returns. @returns sha256. @throws GatewayError too-large */
  put(bytes: Uint8Array): string;
  /** @throws GatewayError not-found, blob-damaged when the bytes are not those that were put */
  get(hash: string): Uint8Array;
  has(hash: string): boolean;
  /** Where the file is; it may not be there. */
  path(hash: string): string;
  /** At once, whoever names it. What is not there is no error. */
  delete(hash: string): void;
  list(): readonly string[];
}

export type NodeOrigin = 'built-in' | 'upload';
export interface NodeRow {
  /** sha256 of the file. */
  readonly hash: string;
  readonly node_type: string;
  /** Semver. */
  readonly version: string;
  readonly manifest: Manifest;
  readonly bytes: number;
  readonly origin: NodeOrigin;
  readonly deprecated: boolean;
  readonly note: string | null;
  readonly added_by: string;
  readonly added_at: number;
}
export interface NewNode {
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
  readonly origin: NodeOrigin;
  readonly by: string;
}
export interface NodeFilter extends Page {
  readonly type?: string | undefined;
  readonly origin?: NodeOrigin | undefined;
  readonly deprecated?: boolean | undefined;
}
/** A version of a flow that a node's hash stands in. */
export interface Pin {
  readonly flow: string;
  readonly version: number;
  /** It is the deployed version of its flow, or is being deployed. */
  readonly deployed: boolean;
}
/** The library as checks and fusion take it; what is added or removed later shows. */
export interface NodeCatalog extends Catalog {
  /** @throws GatewayError not-found, blob-damaged */
  bytes(hash: string): Uint8Array;
  /** The node's file, for another process to read. */
  file(hash: string): string;
}
export interface Nodes {
  /**
   * Blob and row. The same bytes again: the row that is there. A built-in of the same version with other bytes (another
   * build) takes the version; the former keeps its hash, so that flows go on, and is deprecated.
   * @throws GatewayError node-version-taken
   */
  add(node: NewNode): NodeRow;
  get(hash: string): NodeRow | null;
  /** By type, then by the text of the version. */
  list(filter?: NodeFilter): Listing<NodeRow>;
  /** All versions, newest first. */
  versionsOf(node_type: string): readonly NodeRow[];
  /** The newest that is neither deprecated nor a pre-release. */
  defaultOf(node_type: string): NodeRow | null;
  deprecate(hash: string, note: string): NodeRow;
  undeprecate(hash: string): NodeRow;
  /** Row and blob. @throws GatewayError in-use, naming the flows, while a deployed version pins it */
  remove(hash: string): void;
  pinnedBy(hash: string): readonly Pin[];
  catalog(): NodeCatalog;
}
