/** Flows and their versions: of the gateway in memory. */
import type { DiffDto, FlowDto, VersionHeadDto } from '#api';
import { hasErrors } from '#diagnostic';
import type { FlowDocument } from '#flow';
import { type FakeHandlers, missing, Refusal } from './gateway.ts';
import { type FakeFlow, payloadOf, TIME, type World } from './world.ts';

const slug = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
const etag = (flow: FakeFlow): string => `"${flow.draft.revision}"`;
const EMPTY = { format: 'fusewire.flow/1', name: 'empty', nodes: [], wires: [] };

/** As many as were asked for, behind `after`. */
export function page<T>(
  all: readonly T[],
  { limit, after }: { limit: number; after?: string | undefined },
): { items: T[]; next: string | null } {
  const start = Number(after ?? 0);
  const next = start + limit < all.length ? String(start + limit) : null;
  return { items: all.slice(start, start + limit), next };
}

type FlowNames =
  | 'listFlows'
  | 'createFlow'
  | 'getFlow'
  | 'changeFlow'
  | 'removeFlow'
  | 'getDraft'
  | 'saveDraft'
  | 'checkDraft'
  | 'listVersions'
  | 'createVersion'
  | 'getVersion'
  | 'revertDraft'
  | 'diffFlow'
  | 'cloneFlow'
  | 'exportFlow'
  | 'importFlow'
  | 'tryFlow'
  | 'testFlow';

export const flowHandlers = (world: World): Pick<FakeHandlers, FlowNames> => ({
  ...draftHandlers(world),
  ...versionHandlers(world),
  listFlows: ({ query }) => {
    const { items, next } = page([...world.flows.values()], query);
    return { items: items.map(flow => world.dto(flow)), next };
  },
  createFlow: ({ body }) => {
    const document = body.document ?? { ...EMPTY, name: body.name };
    return world.dto(world.create(body.id ?? slug(body.name), body.name, document, body.tests));
  },
  getFlow: ({ params }) => world.dto(world.flow(params.flow)),
  changeFlow: ({ params, body }) => {
    const flow = world.flow(params.flow);
    flow.settings = { ...flow.settings, ...(body as FlowDto['settings']) };
    return world.dto(flow);
  },
  removeFlow: ({ params }) => {
    const flow = world.flow(params.flow);
    if (flow.state !== 'stopped') throw new Refusal(409, 'flow-busy', `${flow.id} is ${flow.state}: stop it first`);
    world.flows.delete(flow.id);
    return undefined;
  },
  cloneFlow: ({ params, body }) => {
    const { draft } = world.flow(params.flow);
    return world.dto(world.create(body.id ?? slug(body.name), body.name, draft.document, draft.tests));
  },
  exportFlow: ({ params }) => {
    const { draft, name } = world.flow(params.flow);
    return Buffer.from(JSON.stringify({ format: 'fusewire.bundle/1', name, document: draft.document, nodes: [] }));
  },
  importFlow: ({ body, query }) => {
    const bundle = JSON.parse(Buffer.from(body).toString()) as { name: string; document: unknown };
    const id = query.id ?? slug(bundle.name);
    const flow = query.flow ? world.flow(query.flow) : world.create(id, bundle.name, bundle.document);
    if (query.flow) world.save(flow, bundle.document);
    return { flow: world.dto(flow), nodes_added: [], diagnostics: [] };
  },
  tryFlow: ({ params, body }) => {
    const { id } = world.flow(params.flow);
    const given = (body.messages ?? []).map(one => ('tag' in one ? one : { tag: 'bytes', value: 0 }));
    const records = given.map(({ tag, value }, record) => ({
      record,
      time: TIME,
      timestamp_us: 1_772_353_800_000_000,
      hops: [
        { node: null, refused: false, port: 'in', payload: payloadOf(tag, Number(value)) },
        { node: 'in', refused: false, port: 'out', payload: payloadOf(tag, Number(value)) },
        { node: 'hot', refused: false, port: 'true', payload: payloadOf(tag, Number(value)) },
      ],
      truncated: false,
      error: null,
    }));
    return {
      ok: true,
      diagnostics: [],
      fused: body.fused,
      records,
      outputs: { out: records.map(one => one.hops[2]!.payload) },
      logs: [{ node: 'hot', level: 'info', text: `tried ${id}` }],
      dead_letters: [],
    };
  },
  testFlow: ({ params }) => {
    const tests = world.flow(params.flow).draft.tests.map(({ name, text }) => ({
      name,
      passed: !text.includes('wrong'),
      failures: text.includes('wrong') ? [{ where: 'out[0]', message: 'differs', expected: 1, actual: 2 }] : [],
      diagnostics: [],
    }));
    const passed = tests.filter(one => one.passed).length;
    return { passed, failed: tests.length - passed, tests };
  },
});

type DraftNames = 'getDraft' | 'saveDraft' | 'checkDraft' | 'revertDraft';
const draftHandlers = (world: World): Pick<FakeHandlers, DraftNames> => {
  const mustMatch = (flow: FakeFlow, ifMatch: string | null): void => {
    if (ifMatch !== null && ifMatch !== etag(flow))
      throw new Refusal(412, 'draft-changed', 'somebody else has saved the draft');
  };
  return {
    getDraft: ({ params, reply }) => {
      const flow = world.flow(params.flow);
      reply.etag = etag(flow);
      return flow.draft;
    },
    saveDraft: ({ params, body, ifMatch, reply }) => {
      const flow = world.flow(params.flow);
      mustMatch(flow, ifMatch);
      world.save(flow, body.document, body.tests);
      reply.etag = etag(flow);
      return flow.draft;
    },
    checkDraft: ({ params, body }) => {
      const flow = world.flow(params.flow);
      const diagnostics = world.check(body === undefined ? flow.draft.document : body.document);
      return { ok: !hasErrors(diagnostics as Parameters<typeof hasErrors>[0]), diagnostics };
    },
    revertDraft: ({ params, body, reply }) => {
      const flow = world.flow(params.flow);
      const version = flow.versions[body.version - 1];
      if (!version) throw missing(`version ${body.version}`);
      world.save(flow, version.document, version.tests);
      reply.etag = etag(flow);
      return flow.draft;
    },
  };
};

const versionHandlers = (
  world: World,
): Pick<FakeHandlers, 'listVersions' | 'createVersion' | 'getVersion' | 'diffFlow'> => ({
  listVersions: ({ params, query }) =>
    page(world.flow(params.flow).versions.toReversed() satisfies VersionHeadDto[], query),
  createVersion: ({ params, body }) => world.version(world.flow(params.flow), body.message),
  getVersion: ({ params }) => versionOf(world.flow(params.flow), params.version),
  diffFlow: ({ params, query }) => {
    const flow = world.flow(params.flow);
    const pick = (which: 'draft' | 'deployed' | number): FlowDocument =>
      (which === 'draft'
        ? flow.draft.document
        : versionOf(flow, which === 'deployed' ? (flow.deployed ?? 0) : which).document) as FlowDocument;
    return diff(pick(query.from), pick(query.to));
  },
});

export function versionOf(flow: FakeFlow, number: number): FakeFlow['versions'][number] {
  const version = flow.versions[number - 1];
  if (!version) throw missing(`version ${number}`);
  return version;
}

function diff(from: FlowDocument, to: FlowDocument): DiffDto {
  const ids = (one: FlowDocument): string[] => one.nodes.map(node => node.id);
  const wires = (one: FlowDocument): string[] =>
    one.wires.map(w => `${w.source_node}.${w.source_port} → ${w.target_node}.${w.target_port}`);
  const missingIn = (some: string[], others: string[]): string[] => some.filter(one => !others.includes(one));
  const props = (one: FlowDocument, id: string): unknown => one.nodes.find(node => node.id === id)?.props;
  const changed = ids(from).filter(
    id => ids(to).includes(id) && JSON.stringify(props(from, id)) !== JSON.stringify(props(to, id)),
  );
  return {
    nodes_added: missingIn(ids(to), ids(from)),
    nodes_removed: missingIn(ids(from), ids(to)),
    nodes_changed: changed.map(id => ({
      id,
      changes: [{ path: 'props', from: props(from, id), to: props(to, id) }],
    })),
    wires_added: missingIn(wires(to), wires(from)),
    wires_removed: missingIn(wires(from), wires(to)),
    document_changed: [],
    nodes_reordered: false,
    wires_reordered: false,
    layout_changed: false,
    same: JSON.stringify(from) === JSON.stringify(to),
  };
}
