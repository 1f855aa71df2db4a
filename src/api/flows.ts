import { z } from 'zod';
import { count, diagnostic, flowId, pageOf, paging, payload, sha256, text, time } from './common.ts';
import { API_LIMITS } from './limits.ts';
import { route } from './route.ts';

/** How this gateway runs a flow; not part of its document. */
export const flowSettings = z
  .strictObject({
    overload: z
      .enum(['hold', 'spill', 'drop'])
      .describe('What becomes of input that the flow does not take: see docs/operate.md.'),
    test_before_deploy: z.boolean().describe('Golden tests must pass before each deploy.'),
    probation_ms: z
      .int()
      .min(0)
      .max(3_600_000)
      .describe('A new version that keeps failing within this time is rolled back.'),
  })
  .meta({ id: 'FlowSettings' });
export const flowState = z.enum(['starting', 'running', 'paused', 'quarantined', 'down', 'stopped']);
export const goldenTest = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._ -]{0,79}$/),
    text: z.string().max(API_LIMITS.test_bytes).describe('YAML, see docs/testing-flows.md.'),
  })
  .meta({ id: 'GoldenTest' });
export const flow = z
  .object({
    id: flowId,
    name: z.string(),
    state: flowState,
    problem: z.string().nullable().describe('Why it does not run though it should.'),
    desired: z.enum(['running', 'paused', 'stopped']),
    deployed_version: z.int().nullable(),
    latest_version: z.int().nullable(),
    draft_differs: z.boolean().describe('The draft is not what the latest version is.'),
    settings: flowSettings,
    created_by: z.string(),
    created_at: time,
  })
  .meta({ id: 'Flow' });
export const draft = z
  .object({
    document: z.unknown().describe('See docs/flow.md; it may be unfinished.'),
    tests: z.array(goldenTest),
    revision: z.int().describe('Also the ETag.'),
    updated_by: z.string(),
    updated_at: time,
  })
  .meta({ id: 'Draft' });
export const versionHead = z
  .object({
    number: z.int().min(1),
    hash: sha256.describe('Of the canonical document with every node pinned.'),
    message: z.string(),
    author: z.string(),
    created_at: time,
    deployed: z.boolean(),
  })
  .meta({ id: 'VersionHead' });
export const version = versionHead
  .extend({ document: z.unknown(), tests: z.array(goldenTest) })
  .meta({ id: 'Version' });
export const diff = z
  .object({
    nodes_added: z.array(z.string()),
    nodes_removed: z.array(z.string()),
    nodes_changed: z.array(
      z.object({
        id: z.string(),
        changes: z.array(z.object({ path: z.string(), from: z.unknown().optional(), to: z.unknown().optional() })),
      }),
    ),
    wires_added: z.array(z.string()),
    wires_removed: z.array(z.string()),
    document_changed: z.array(z.object({ path: z.string(), from: z.unknown().optional(), to: z.unknown().optional() })),
    layout_changed: z.boolean(),
    same: z.boolean().describe('Both make the same fused module.'),
  })
  .meta({ id: 'FlowDiff' });
export const checkReport = z.object({ ok: z.boolean(), diagnostics: z.array(diagnostic) }).meta({ id: 'CheckReport' });

/** A message for a try: a tag update in plain JSON, or the bytes of any message. */
export const tryMessage = z
  .union([
    z.strictObject({
      tag: z.string().min(1).max(1_024),
      value: z.union([z.string(), z.number(), z.boolean()]),
      kind: z.enum(['bool', 'int32', 'uint32', 'float', 'double', 'string', 'bytes', 'int64', 'uint64']).optional(),
      timestamp: z.number().min(0).optional().describe('µs since the epoch.'),
      quality: z.int().min(0).optional(),
      unit: z.string().max(64).optional(),
      seq: z.int().min(0).optional(),
    }),
    z.strictObject({ base64: z.string().max(700_000) }),
  ])
  .meta({ id: 'TryMessage' });
export const hop = z
  .object({
    node: z.string(),
    port: z.string().describe('The output it left by; `in` for what a source was given.'),
    payload,
  })
  .meta({ id: 'Hop' });
export const tracedRecord = z
  .object({
    record: count.describe('Number of the record in the flow.'),
    time,
    timestamp_us: z.number(),
    hops: z.array(hop).describe('In the order in which they happened.'),
    truncated: z.boolean(),
    error: z.string().nullable(),
  })
  .meta({ id: 'TracedRecord' });
export const tryReport = z
  .object({
    ok: z.boolean(),
    diagnostics: z.array(diagnostic),
    fused: z.boolean(),
    records: z.array(tracedRecord),
    outputs: z.record(z.string(), z.array(payload)).describe('By `node.port`; a sink by its node.'),
    logs: z.array(z.object({ node: z.string(), level: z.string(), text: z.string() })),
    dead_letters: z.array(z.object({ node: z.string(), reason: z.string(), record: count })),
  })
  .meta({ id: 'TryReport' });
export const testReport = z
  .object({
    passed: z.int(),
    failed: z.int(),
    tests: z.array(
      z.object({
        name: z.string(),
        passed: z.boolean(),
        failures: z.array(
          z.object({
            where: z.string(),
            message: z.string(),
            expected: z.unknown().optional(),
            actual: z.unknown().optional(),
          }),
        ),
        diagnostics: z.array(diagnostic),
      }),
    ),
  })
  .meta({ id: 'TestReport' });

const params = z.object({ flow: flowId });
const versionParams = z.object({ flow: flowId, version: z.coerce.number().int().min(1) });
const which = z.union([z.literal('draft'), z.literal('deployed'), z.coerce.number().int().min(1)]);
const group = 'Flows';
const draftBody = z.strictObject({
  document: z.unknown(),
  tests: z.array(goldenTest).max(API_LIMITS.tests).optional(),
});

export const flowRoutes = {
  listFlows: route({
    method: 'get',
    path: '/api/v1/flows',
    group,
    permission: 'read',
    summary: 'List flows, with what they do',
    query: z.object(paging),
    answer: pageOf(flow),
  }),
  createFlow: route({
    method: 'post',
    path: '/api/v1/flows',
    group,
    permission: 'edit',
    summary: 'Create a flow with a first draft',
    body: z.strictObject({
      id: flowId.optional().describe('Default: made from the name.'),
      name: z.string().min(1).max(128),
      document: z.unknown().optional(),
      tests: z.array(goldenTest).max(API_LIMITS.tests).optional(),
    }),
    body_bytes: API_LIMITS.draft_bytes,
    answer: flow,
    status: 201,
    problems: [409, 413, 422],
  }),
  getFlow: route({
    method: 'get',
    path: '/api/v1/flows/{flow}',
    group,
    permission: 'read',
    summary: 'One flow',
    params,
    answer: flow,
    problems: [404],
  }),
  changeFlow: route({
    method: 'patch',
    path: '/api/v1/flows/{flow}',
    group,
    permission: 'edit',
    summary: 'Change settings of a flow',
    description: 'Settings hold from the next start or deploy.',
    params,
    body: flowSettings.partial(),
    answer: flow,
    problems: [404],
  }),
  removeFlow: route({
    method: 'delete',
    path: '/api/v1/flows/{flow}',
    group,
    permission: 'edit',
    summary: 'Delete a flow, its versions and its state',
    description: 'Refused while it runs or is paused: stop it first.',
    params,
    answer: null,
    problems: [404, 409],
  }),
  getDraft: route({
    method: 'get',
    path: '/api/v1/flows/{flow}/draft',
    group,
    permission: 'read',
    summary: 'The draft',
    params,
    answer: draft,
    etag: true,
    problems: [404],
  }),
  saveDraft: route({
    method: 'put',
    path: '/api/v1/flows/{flow}/draft',
    group,
    permission: 'edit',
    summary: 'Save the draft',
    description: 'With `If-Match`: refused when somebody else has saved since. Without it the answer is 428.',
    params,
    body: draftBody,
    body_bytes: API_LIMITS.draft_bytes,
    answer: draft,
    etag: true,
    ifMatch: 'required',
    problems: [404, 412, 413, 428],
  }),
  checkDraft: route({
    method: 'post',
    path: '/api/v1/flows/{flow}/draft/check',
    group,
    permission: 'read',
    summary: 'Check the draft, or a document in the body',
    params,
    body: draftBody,
    bodyOptional: true,
    body_bytes: API_LIMITS.draft_bytes,
    answer: checkReport,
    problems: [404, 413],
  }),
  listVersions: route({
    method: 'get',
    path: '/api/v1/flows/{flow}/versions',
    group,
    permission: 'read',
    summary: 'Versions of a flow, newest first',
    params,
    query: z.object(paging),
    answer: pageOf(versionHead),
    problems: [404],
  }),
  createVersion: route({
    method: 'post',
    path: '/api/v1/flows/{flow}/versions',
    group,
    permission: 'edit',
    summary: 'Make a version of the draft',
    description: 'Every node is pinned. A draft with errors is refused with its diagnostics.',
    params,
    body: z.strictObject({ message: text.default('') }),
    bodyOptional: true,
    ifMatch: 'optional',
    answer: version,
    status: 201,
    problems: [404, 412, 422],
  }),
  getVersion: route({
    method: 'get',
    path: '/api/v1/flows/{flow}/versions/{version}',
    group,
    permission: 'read',
    summary: 'One version',
    params: versionParams,
    answer: version,
    problems: [404],
  }),
  revertDraft: route({
    method: 'post',
    path: '/api/v1/flows/{flow}/draft/revert',
    group,
    permission: 'edit',
    summary: 'Make the draft what a version was',
    params,
    body: z.strictObject({ version: z.int().min(1) }),
    ifMatch: 'optional',
    answer: draft,
    etag: true,
    problems: [404, 412],
  }),
  diffFlow: route({
    method: 'get',
    path: '/api/v1/flows/{flow}/diff',
    group,
    permission: 'read',
    summary: 'What differs between two versions',
    params,
    query: z.object({ from: which.default('deployed'), to: which.default('draft') }),
    answer: diff,
    problems: [404, 422],
  }),
  cloneFlow: route({
    method: 'post',
    path: '/api/v1/flows/{flow}/clone',
    group,
    permission: 'edit',
    summary: 'A new flow with this one’s draft',
    params,
    body: z.strictObject({ id: flowId.optional(), name: z.string().min(1).max(128) }),
    answer: flow,
    status: 201,
    problems: [404, 409, 422],
  }),
  exportFlow: route({
    method: 'get',
    path: '/api/v1/flows/{flow}/export',
    group,
    permission: 'read',
    summary: 'Export a version as a bundle: flow, tests, nodes',
    params,
    query: z.object({ version: which.default('draft') }),
    answer: { bytes: 'application/vnd.fusewire.bundle+json', description: 'See docs/flow.md.' },
    problems: [404, 422],
  }),
  importFlow: route({
    method: 'post',
    path: '/api/v1/flows/import',
    group,
    permission: 'edit',
    summary: 'Import a bundle, or a fused flow.wasm',
    description:
      'A fused flow gives its graph back; its nodes must be in the library. With `flow`, that flow’s draft is replaced; else a new flow is made.',
    query: z.object({ flow: flowId.optional(), id: flowId.optional() }),
    body: {
      bytes: ['application/vnd.fusewire.bundle+json', 'application/json', 'application/wasm'],
      description: 'A bundle, or a fused flow.',
    },
    body_bytes: API_LIMITS.bundle_bytes,
    answer: z.object({ flow, nodes_added: z.array(sha256), diagnostics: z.array(diagnostic) }).meta({ id: 'Imported' }),
    status: 201,
    problems: [404, 409, 413, 415, 422],
  }),
  tryFlow: route({
    method: 'post',
    path: '/api/v1/flows/{flow}/try',
    group,
    permission: 'edit',
    summary: 'Run a draft on messages; nothing reaches a sink',
    params,
    body: z.strictObject({
      document: z.unknown().optional().describe('Default: the draft.'),
      version: z.int().min(1).optional(),
      fused: z.boolean().default(false),
      messages: z.array(tryMessage).max(API_LIMITS.try_messages).optional(),
      from_live: z
        .strictObject({
          match: z.string().max(1_024).default('#'),
          count: z.int().min(1).max(API_LIMITS.trace_records).default(10),
          within_ms: z.int().min(10).max(API_LIMITS.trace_ms).default(5_000),
        })
        .optional()
        .describe('Copies what comes in now.'),
    }),
    body_bytes: API_LIMITS.draft_bytes,
    answer: tryReport,
    problems: [404, 413, 422, 503],
  }),
  testFlow: route({
    method: 'post',
    path: '/api/v1/flows/{flow}/test',
    group,
    permission: 'edit',
    summary: 'Run the golden tests of the draft or of a version',
    params,
    body: z.strictObject({ version: z.int().min(1).optional() }),
    bodyOptional: true,
    answer: testReport,
    problems: [404, 422],
  }),
} as const;
export type FlowDto = z.infer<typeof flow>;
export type DraftDto = z.infer<typeof draft>;
export type VersionHeadDto = z.infer<typeof versionHead>;
export type VersionDto = z.infer<typeof version>;
export type DiffDto = z.infer<typeof diff>;
export type HopDto = z.infer<typeof hop>;
export type TracedRecordDto = z.infer<typeof tracedRecord>;
export type TryReportDto = z.infer<typeof tryReport>;
export type TestReportDto = z.infer<typeof testReport>;
export type FlowSettingsDto = z.infer<typeof flowSettings>;
