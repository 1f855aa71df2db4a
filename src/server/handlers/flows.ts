import type { FlowDto } from '#api';
import type { FlowRow } from '#repository';
import { type Service, versionDto, versionHeadDto } from '#service';
import type { Handlers } from '../handlers.ts';

type FlowHandlers = Pick<
  Handlers,
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
  | 'testFlow'
>;

/** A flow as lists show it. */
export function flowDto(service: Service, row: FlowRow): FlowDto {
  const host = service.host(row.id);
  return {
    id: row.id,
    name: row.name,
    state: host.state,
    problem: host.problem,
    desired: row.desired,
    deployed_version: row.deployed_version,
    latest_version: service.repository.flows.versions(row.id, { limit: 1 }).items[0]?.number ?? null,
    draft_differs: service.flows.draftDiffers(row.id),
    settings: { ...row.settings },
    created_by: row.created_by,
    created_at: new Date(row.created_at).toISOString(),
  };
}

const withTag = <T extends { readonly revision: number }>(answer: T): { answer: T; etag: number } => ({
  answer,
  etag: answer.revision,
});
const ok = (diagnostics: readonly { readonly severity: string }[]): boolean =>
  diagnostics.every(one => one.severity !== 'error');

export function flowHandlers(service: Service): FlowHandlers {
  const { flows, bundles, trials } = service;
  const dto = (row: FlowRow): FlowDto => flowDto(service, row);
  const changed = (flow: string): void => service.news.changed({ what: 'flow', flow, id: flow });
  return {
    async listFlows({ query }) {
      const { items, next } = flows.list(query);
      return { items: items.map(dto), next };
    },
    async createFlow({ body, identity }) {
      const row = flows.create({ ...body, by: identity.name });
      changed(row.id);
      return dto(row);
    },
    getFlow: async ({ params }) => dto(flows.get(params.flow)),
    async changeFlow({ params, body }) {
      flows.get(params.flow);
      const row = service.repository.flows.update(params.flow, { settings: body });
      changed(row.id);
      return dto(row);
    },
    async removeFlow({ params }) {
      service.removeFlow(params.flow);
    },
    getDraft: async ({ params }) => withTag(flows.draft(params.flow)),
    async saveDraft({ params, body, ifMatch, identity }) {
      const draft = flows.saveDraft(params.flow, ifMatch, { ...body, by: identity.name });
      changed(params.flow);
      return withTag(draft);
    },
    async checkDraft({ params, body }) {
      flows.get(params.flow);
      const diagnostics = [...flows.check(params.flow, body?.document)];
      return { ok: ok(diagnostics), diagnostics };
    },
    async listVersions({ params, query }) {
      const { deployed_version } = flows.get(params.flow);
      const { items, next } = flows.versions(params.flow, query);
      return { items: items.map(row => versionHeadDto(row, deployed_version)), next };
    },
    async createVersion({ params, body, ifMatch, identity }) {
      const { version } = flows.cut(params.flow, {
        message: body?.message ?? '',
        by: identity.name,
        expected: ifMatch,
      });
      changed(params.flow);
      return versionDto(version, flows.get(params.flow).deployed_version);
    },
    getVersion: async ({ params }) =>
      versionDto(flows.version(params.flow, params.version), flows.get(params.flow).deployed_version),
    async revertDraft({ params, body, ifMatch, identity }) {
      const draft = flows.revert(params.flow, body.version, ifMatch, identity.name);
      changed(params.flow);
      return withTag(draft);
    },
    diffFlow: async ({ params, query }) => flows.diff(params.flow, query.from, query.to),
    async cloneFlow({ params, body, identity }) {
      const { document, tests } = flows.draft(params.flow);
      const named = typeof document === 'object' && document !== null ? { ...document, name: body.name } : document;
      const row = flows.create({
        ...body,
        document: named,
        tests,
        settings: flows.get(params.flow).settings,
        by: identity.name,
      });
      changed(row.id);
      return dto(row);
    },
    exportFlow: async ({ params, query }) => ({
      bytes: bundles.export(params.flow, query.version),
      name: `${params.flow}.fusewire-bundle.json`,
    }),
    async importFlow({ query, body, identity }) {
      const { flow, nodes_added, diagnostics } = bundles.import(body, {
        into: query.flow,
        id: query.id,
        by: identity.name,
      });
      changed(flow.id);
      return { flow: dto(flow), nodes_added: [...nodes_added], diagnostics: [...diagnostics] };
    },
    tryFlow: async ({ params, body, signal }) => trials.run(params.flow, body, signal),
    testFlow: async ({ params, body }) => trials.test(params.flow, body?.version),
  };
}
