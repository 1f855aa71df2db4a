import semver from 'semver';
import type { Manifest } from '#abi';
import { GatewayError } from '#diagnostic';
import { manifestSchema } from '#library';
import { type BlobFiles, sha256 } from './blobs.ts';
import { NodesInCatalog } from './catalog.ts';
import { checkCount, checkSize, readColumn } from './columns.ts';
import type { Database } from './database.ts';
import { missing } from './failure.ts';
import { REPOSITORY_LIMITS } from './limits.ts';
import { flag, invalidCursor, page } from './page.ts';
import { Recent } from './recent.ts';
import type { Listing, NewNode, NodeCatalog, NodeFilter, NodeOrigin, NodeRow, Nodes, Pin } from './types.ts';

interface Columns {
  readonly hash: string;
  readonly node_type: string;
  readonly version: string;
  readonly manifest: string;
  readonly bytes: number;
  readonly origin: NodeOrigin;
  readonly deprecated: number;
  readonly note: string | null;
  readonly added_by: string;
  readonly added_at: number;
}

/** Manifests kept parsed. */
const MANIFESTS_MAX = 1_000;
const REPLACED = 'replaced by the build that came with a newer release';

export class NodeTable implements Nodes {
  readonly #database: Database;
  readonly #blobs: BlobFiles;
  readonly #now: () => number;
  readonly #manifests = new Recent<Manifest>(MANIFESTS_MAX);

  constructor(database: Database, blobs: BlobFiles, now: () => number) {
    this.#database = database;
    this.#blobs = blobs;
    this.#now = now;
  }

  add({ bytes, manifest, origin, by }: NewNode): NodeRow {
    const { node_type, version } = manifest;
    if (semver.valid(version) === null) throw new TypeError(`${version} is no version`);
    const hash = sha256(bytes);
    return this.#database.transaction(() => {
      const known = this.get(hash);
      const taken = known ? null : this.#find(node_type, version);
      if (taken && (taken.origin !== 'built-in' || origin !== 'built-in'))
        throw new GatewayError('node-version-taken', `${node_type} ${version}`, `its hash there is ${taken.hash}`);
      // Before the row: a row is never without its blob. One that was damaged is mended by it.
      this.#blobs.put(bytes);
      if (known) return known;
      checkCount(this.#database.count('SELECT count(*) AS count FROM nodes'), REPOSITORY_LIMITS.nodes, 'nodes');
      if (taken) this.#giveUpVersion(taken);
      this.#database.insert('nodes', {
        hash,
        node_type,
        version,
        manifest: JSON.stringify(manifest),
        bytes: bytes.length,
        origin,
        added_by: by,
        added_at: this.#now(),
      });
      return this.#there(hash);
    });
  }

  get(hash: string): NodeRow | null {
    const row = this.#database.get<Columns>('SELECT * FROM nodes WHERE hash = ?', hash);
    return row && this.#item(row);
  }

  has(hash: string): boolean {
    return this.#database.count('SELECT count(*) AS count FROM nodes WHERE hash = ?', hash) > 0;
  }

  list(filter: NodeFilter = {}): Listing<NodeRow> {
    return page<Columns, NodeRow>(this.#database, filter, {
      select: 'SELECT * FROM nodes',
      conditions: [
        ['node_type = ?', filter.type],
        ['origin = ?', filter.origin],
        ['deprecated = ?', flag(filter.deprecated)],
        ['(node_type, version) > (?, ?)', filter.after === undefined ? undefined : typeAndVersion(filter.after)],
      ],
      order: 'node_type, version',
      item: row => this.#item(row),
      cursor: row => `${row.node_type}@${row.version}`,
    });
  }

  versionsOf(node_type: string): NodeRow[] {
    return this.#database
      .all<Columns>('SELECT * FROM nodes WHERE node_type = ?', node_type)
      .sort((a, b) => semver.compareBuild(b.version, a.version))
      .map(row => this.#item(row));
  }

  defaultOf(node_type: string): NodeRow | null {
    return this.versionsOf(node_type).find(row => !row.deprecated && semver.prerelease(row.version) === null) ?? null;
  }

  deprecate(hash: string, note: string): NodeRow {
    checkSize(note, 'note');
    return this.#mark(hash, 1, note);
  }

  undeprecate(hash: string): NodeRow {
    return this.#mark(hash, 0, null);
  }

  remove(hash: string): void {
    this.#database.transaction(() => {
      const row = this.#there(hash);
      const flows = this.pinnedBy(hash).filter(pin => pin.deployed);
      if (flows.length > 0) {
        const names = flows.map(pin => `${pin.flow} (version ${pin.version})`).join(', ');
        throw new GatewayError('in-use', `${row.node_type} ${row.version}`, `pinned by ${names}`);
      }
      this.#database.run('DELETE FROM nodes WHERE hash = ?', hash);
      this.#database.afterCommit(() => {
        if (this.get(hash) === null) this.#blobs.release([hash]);
      });
    });
  }

  pinnedBy(hash: string): Pin[] {
    return this.#database
      .all<{ flow: string; version: number; deployed: number }>(PINNED_BY, hash)
      .map(({ flow, version, deployed }) => ({ flow, version, deployed: deployed === 1 }));
  }

  catalog(): NodeCatalog {
    return new NodesInCatalog(this, this.#blobs);
  }

  get types(): string[] {
    return this.#database
      .all<{ node_type: string }>('SELECT DISTINCT node_type FROM nodes ORDER BY node_type')
      .map(row => row.node_type);
  }

  #find(node_type: string, version: string): NodeRow | null {
    const sql = 'SELECT * FROM nodes WHERE node_type = ? AND version = ?';
    const row = this.#database.get<Columns>(sql, node_type, version);
    return row && this.#item(row);
  }

  #there(hash: string): NodeRow {
    const row = this.get(hash);
    if (row) return row;
    throw missing(`node ${hash.slice(0, 64)}`);
  }

  #mark(hash: string, deprecated: 0 | 1, note: string | null): NodeRow {
    const changed = this.#database.run(
      'UPDATE nodes SET deprecated = ?, note = ? WHERE hash = ?',
      deprecated,
      note,
      hash,
    );
    if (changed === 0) throw missing(`node ${hash.slice(0, 64)}`);
    return this.#there(hash);
  }

  /** Build metadata does not order versions: it stays where it was, behind the one that takes its place. */
  #giveUpVersion({ hash, version }: NodeRow): void {
    const sql = 'UPDATE nodes SET version = ?, deprecated = 1, note = ? WHERE hash = ?';
    this.#database.run(sql, `${version}${version.includes('+') ? '.' : '+'}${hash.slice(0, 12)}`, REPLACED, hash);
  }

  #item(row: Columns): NodeRow {
    const manifest = this.#manifests.get(row.hash, () =>
      readColumn(manifestSchema, row.manifest, `manifest of ${row.hash}`),
    );
    return { ...row, manifest, deprecated: row.deprecated === 1 };
  }
}

const PINNED_BY = `SELECT pins.flow, pins.version, (flows.deployed_version IS pins.version OR EXISTS (
    SELECT 1 FROM deploys WHERE deploys.flow = pins.flow AND deploys.version = pins.version
      AND deploys.state IN ('queued', 'running'))) AS deployed
  FROM pins JOIN flows ON flows.id = pins.flow WHERE pins.hash = ? ORDER BY pins.flow, pins.version`;

/** @throws GatewayError cursor-invalid */
function typeAndVersion(after: string): [string, string] {
  const [, node_type, version] = /^([a-z0-9_]+)@(\S+)$/.exec(after) ?? [];
  if (node_type === undefined || version === undefined) throw invalidCursor(after);
  return [node_type, version];
}
