import type { DiffDto, DraftDto, FlowSettingsDto, VersionDto, VersionHeadDto } from '#api';
import { type Diagnostic, GatewayError } from '#diagnostic';
import {
  diffFlows,
  type FlowDiff,
  type FlowDocument,
  type FlowWire,
  isEmptyDiff,
  parseFlow,
  type ValueChange,
} from '#flow';
import type { LoadedFlow } from '#gateway';
import type { Draft, FlowRow, Flows, FlowTest, Listing, Page, VersionRow, VersionSummary } from '#repository';
import type { Artifacts } from './artifacts.ts';
import { idFromName } from './flow-id.ts';
import { pinned } from './pin.ts';

/** A version by number, the one that is deployed, or what the draft is now. */
export type Which = number | 'draft' | 'deployed';

/** A document that is no flow, with what is wrong with it. */
export class FlowRefused extends GatewayError {
  readonly diagnostics: readonly Diagnostic[];
  constructor(where: string, diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter(one => one.severity === 'error').length;
    super('flow-refused', where, `${errors} ${errors === 1 ? 'error' : 'errors'}`);
    this.diagnostics = diagnostics;
  }
}

const EMPTY_NODES = { nodes: [], wires: [] };
const iso = (ms: number): string => new Date(ms).toISOString();

/** Flows as documents: drafts and versions. What runs is not known here. */
export class FlowStore {
  readonly #flows: Flows;
  readonly #artifacts: Artifacts;
  readonly #most: number;
  readonly #onCreate: (id: string) => void;
  readonly #differs = new Map<string, { readonly key: string; readonly differs: boolean }>();

  /** @param onCreate before a flow of this id is made. @param most flows that there may be */
  constructor(flows: Flows, artifacts: Artifacts, most: number, onCreate: (id: string) => void) {
    this.#most = most;
    this.#onCreate = onCreate;
    this.#flows = flows;
    this.#artifacts = artifacts;
  }

  /** @throws GatewayError not-found */
  get(id: string): FlowRow {
    const row = this.#flows.get(id);
    if (!row) throw new GatewayError('not-found', id, 'there is no such flow');
    return row;
  }

  list(page: Page): Listing<FlowRow> {
    return this.#flows.list(page);
  }

  /** @throws GatewayError exists, request-invalid when no id can be made of the name */
  create(flow: {
    id?: string | undefined;
    name: string;
    document?: unknown;
    tests?: readonly FlowTest[] | undefined;
    settings?: Partial<FlowSettingsDto> | undefined;
    by: string;
  }): FlowRow {
    if (this.all().length >= this.#most) throw new GatewayError('storage-full', 'flows', `there are ${this.#most}`);
    const id = flow.id ?? this.#freeId(flow.name);
    if (!this.#flows.get(id)) this.#onCreate(id);
    const document = flow.document ?? { format: 'fusewire.flow/1', name: flow.name, ...EMPTY_NODES };
    return this.#flows.create({
      id,
      name: flow.name,
      by: flow.by,
      document: JSON.stringify(document),
      tests: flow.tests ?? [],
      settings: flow.settings,
    });
  }

  all(): FlowRow[] {
    const rows: FlowRow[] = [];
    for (let after: string | undefined; ; ) {
      const { items, next } = this.#flows.list({ limit: 500, after });
      rows.push(...items);
      if (next === null) return rows;
      after = next;
    }
  }

  #freeId(name: string): string {
    const id = idFromName(name) || 'flow';
    if (!this.#flows.get(id)) return id;
    for (let i = 2; ; i += 1) {
      const next = `${id.slice(0, 60)}-${i}`;
      if (!this.#flows.get(next)) return next;
    }
  }

  draft(id: string): DraftDto {
    return draftDto(this.#draft(id));
  }

  #draft(id: string): Draft {
    const draft = this.#flows.draft(id);
    if (!draft) throw new GatewayError('not-found', id, 'there is no such flow');
    return draft;
  }

  /** @param expected revision it was made from; null: whatever it is. @throws GatewayError conflict */
  saveDraft(
    id: string,
    expected: number | null,
    change: { document: unknown; tests?: readonly FlowTest[] | undefined; by: string },
  ): DraftDto {
    this.get(id);
    const name = (change.document as { name?: unknown } | null)?.name;
    const draft = this.#flows.saveDraft(id, expected, {
      document: JSON.stringify(change.document),
      tests: change.tests,
      by: change.by,
    });
    if (typeof name === 'string' && name.length > 0 && name.length <= 128) this.#flows.update(id, { name });
    return draftDto(draft);
  }

  /** All findings of a document, of the draft by default. */
  check(id: string, document?: unknown): readonly Diagnostic[] {
    return this.#artifacts.check(document ?? this.draft(id).document).diagnostics;
  }

  /** @throws FlowRefused */
  load(document: unknown, where: string): LoadedFlow {
    const flow = this.#artifacts.check(document);
    if (flow.document === undefined) throw new FlowRefused(where, flow.diagnostics);
    return flow;
  }

  /**
   * A version of what the draft is now. When that is what the latest version is, it is that one.
   * @throws FlowRefused, GatewayError conflict
   */
  cut(
    id: string,
    { message, by, expected = null }: { message: string; by: string; expected?: number | null },
  ): { readonly version: VersionRow; readonly made: boolean } {
    const draft = this.#draft(id);
    if (expected !== null && draft.revision !== expected)
      throw new GatewayError('conflict', id, `the draft has revision ${draft.revision}, not ${expected}`);
    const flow = this.load(JSON.parse(draft.document), id);
    const latest = this.latest(id);
    if (latest && isSame(latest, flow, draft)) return { version: latest, made: false };
    const version = this.#flows.cutVersion(id, {
      document: pinned(flow),
      canonical: flow.canonical,
      tests: draft.tests,
      message,
      author: by,
    });
    return { version, made: true };
  }

  latest(id: string): VersionRow | null {
    const newest = this.#flows.versions(id, { limit: 1 }).items[0];
    return newest ? this.#flows.version(id, newest.number) : null;
  }

  versions(id: string, page: Page): Listing<VersionSummary> {
    this.get(id);
    return this.#flows.versions(id, page);
  }

  /** @throws GatewayError not-found */
  version(id: string, number: number): VersionRow {
    const version = this.#flows.version(id, number);
    if (!version) throw new GatewayError('not-found', `${id} version ${number}`, 'there is no such version');
    return version;
  }

  /** The document and tests of a version or of the draft. @throws GatewayError not-found */
  content(id: string, which: Which): { readonly document: unknown; readonly tests: readonly FlowTest[] } {
    if (which === 'draft') return this.draft(id);
    const number = which === 'deployed' ? this.get(id).deployed_version : which;
    if (number === null) throw new GatewayError('not-found', id, 'no version of it is deployed');
    return this.version(id, number);
  }

  /** Makes the draft what a version was. */
  revert(id: string, number: number, expected: number | null, by: string): DraftDto {
    const { document, tests } = this.version(id, number);
    return this.saveDraft(id, expected, { document, tests, by });
  }

  /** @throws FlowRefused when one of them has not the shape of a flow */
  diff(id: string, from: Which, to: Which): DiffDto {
    const sides = [from, to].map(which => this.#shaped(id, which));
    // A draft names no hashes where it takes the library's default: they are compared as they would be deployed.
    return diffDto(diffFlows(sides[0]!, sides[1]!));
  }

  #shaped(id: string, which: Which): FlowDocument {
    const { document } = this.content(id, which);
    const checked = this.#artifacts.check(document);
    if (checked.document !== undefined) return pinned(checked);
    const parsed = parseFlow(JSON.stringify(document));
    if ('diagnostics' in parsed) throw new FlowRefused(`${id} ${which}`, parsed.diagnostics);
    return parsed.document;
  }

  /** Of a flow that is gone. */
  forget(id: string): void {
    this.#differs.delete(id);
  }

  /** Whether a deploy of the draft would make a new version. An unfinished draft differs. */
  draftDiffers(id: string): boolean {
    const draft = this.#draft(id);
    const newest = this.#flows.versions(id, { limit: 1 }).items[0];
    if (!newest) return true;
    // To check a document takes milliseconds, and lists of flows ask often.
    const key = `${draft.revision} ${newest.number} ${this.#artifacts.generation}`;
    const known = this.#differs.get(id);
    if (known?.key === key) return known.differs;
    const differs = this.#isOther(this.version(id, newest.number), draft);
    this.#differs.set(id, { key, differs });
    return differs;
  }

  #isOther(version: VersionRow, draft: Draft): boolean {
    try {
      const flow = this.#artifacts.check(JSON.parse(draft.document));
      return flow.document === undefined || !isSame(version, flow, draft);
    } catch (error) {
      // The file of a node is damaged: whoever deploys it is told, lists of flows are shown.
      if (!(error instanceof GatewayError)) throw error;
      return true;
    }
  }
}

/** Whether a version runs and is tested as a draft would be. */
const isSame = (version: VersionRow, { canonical }: LoadedFlow, { tests }: Draft): boolean =>
  version.canonical === canonical && JSON.stringify(version.tests) === JSON.stringify(tests);

export const draftDto = ({ document, tests, revision, updated_by, updated_at }: Draft): DraftDto => ({
  document: JSON.parse(document),
  tests: tests.map(({ name, text }) => ({ name, text })),
  revision,
  updated_by,
  updated_at: iso(updated_at),
});
export const versionHeadDto = (row: VersionSummary, deployed: number | null): VersionHeadDto => ({
  number: row.number,
  hash: row.sha256,
  message: row.message,
  author: row.author,
  created_at: iso(row.created_at),
  deployed: row.number === deployed,
});
export const versionDto = (row: VersionRow, deployed: number | null): VersionDto => ({
  ...versionHeadDto(row, deployed),
  document: row.document,
  tests: row.tests.map(({ name, text }) => ({ name, text })),
});

const wireText = (wire: FlowWire): string =>
  `${wire.source_node}.${wire.source_port} → ${wire.target_node}.${wire.target_port}`;
const changeDto = (change: ValueChange): { path: string; from?: unknown; to?: unknown } => ({
  path: change.path,
  ...('old' in change && { from: change.old }),
  ...('new' in change && { to: change.new }),
});
const diffDto = (diff: FlowDiff): DiffDto => ({
  nodes_added: diff.nodes.added.map(node => node.id),
  nodes_removed: diff.nodes.removed.map(node => node.id),
  nodes_changed: diff.nodes.changed.map(({ id, changes }) => ({ id, changes: changes.map(changeDto) })),
  wires_added: diff.wires.added.map(wireText),
  wires_removed: diff.wires.removed.map(wireText),
  document_changed: diff.settings.map(changeDto),
  nodes_reordered: diff.nodes.reordered,
  wires_reordered: diff.wires.reordered,
  layout_changed: diff.layout_changed,
  same: isEmptyDiff(diff),
});
