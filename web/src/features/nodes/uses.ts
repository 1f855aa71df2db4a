/** Which flows have a node, and their drafts brought to another version of it. */
import { api, ask, askFull } from '$lib/api/client.ts';
import type { Catalog, CatalogEntry, Diagnostic, FlowDocument } from '$lib/contract.ts';
import { newErrors } from '$lib/model/new-errors.ts';
import { type NodeUse, updatePins, usesOf } from '$lib/model/pins.ts';

interface DraftOf {
  readonly flow: string;
  readonly name: string;
  readonly document: FlowDocument;
}
const AT_ONCE = 4;
const PAGE = 200;

/** The drafts of all flows. @throws ApiError */
async function allDrafts(): Promise<DraftOf[]> {
  const flows: { id: string; name: string }[] = [];
  for (let after: string | undefined; ; ) {
    const query = { limit: PAGE, ...(after !== undefined && { after }) };
    const { items, next } = await ask(api.GET('/api/v1/flows', { params: { query } }));
    flows.push(...items);
    if (next === null) break;
    after = next;
  }
  const drafts: DraftOf[] = [];
  const rest = [...flows];
  const worker = async (): Promise<void> => {
    for (let one = rest.shift(); one; one = rest.shift()) {
      const draft = await ask(api.GET('/api/v1/flows/{flow}/draft', { params: { path: { flow: one.id } } }));
      drafts.push({ flow: one.id, name: one.name, document: draft.document as FlowDocument });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return drafts.filter(one => Array.isArray(one.document?.nodes));
}

export interface FlowUse extends NodeUse {
  /** What its draft would have wrong with this version that it has not now. */
  readonly errors: readonly Diagnostic[];
}

/** Flows that have another version of a node than this one. Asked before it is added. @throws ApiError */
export async function usesIn(catalog: Catalog, entry: CatalogEntry): Promise<FlowUse[]> {
  const drafts = await allDrafts();
  const documents = new Map(drafts.map(one => [one.flow, one.document]));
  return usesOf(drafts, entry.manifest.node_type, entry.hash).map(use => ({
    ...use,
    errors: newErrors(documents.get(use.flow)!, catalog, entry),
  }));
}

/** Names of drafts that would miss this file: they pin it, or take it as the newest. @throws ApiError */
export async function draftsWith(node_type: string, hash: string, isDefault: boolean): Promise<string[]> {
  const has = (one: FlowDocument['nodes'][number]): boolean =>
    one.node_type === node_type && (one.wasm_hash === undefined ? isDefault : one.wasm_hash === hash);
  return (await allDrafts()).filter(({ document }) => document.nodes.some(has)).map(({ name }) => name);
}

/** Pins the nodes of one draft to a version, on top of what is saved now. @throws ApiError */
export async function bringTo(flow: string, node_type: string, hash: string): Promise<void> {
  const path = { flow };
  const { data, etag } = await askFull(api.GET('/api/v1/flows/{flow}/draft', { params: { path } }));
  const document = updatePins(data.document as FlowDocument, node_type, hash);
  if (document === data.document) return;
  await ask(
    api.PUT('/api/v1/flows/{flow}/draft', {
      params: { path, header: { 'If-Match': etag ?? '' } },
      body: { document, tests: data.tests },
    }),
  );
}
