import { z } from 'zod';
import { route } from './route.ts';
import { count, diagnostic, flowId, pageOf, paging, text, time } from './shapes.ts';

export const DEPLOY_STAGES = ['check', 'collect', 'adapt', 'merge', 'optimise', 'load', 'take-over'] as const;
export type DeployStage = (typeof DEPLOY_STAGES)[number];
export const DEPLOY_KINDS = ['deploy', 'rollback', 'start', 'stop', 'pause', 'resume'] as const;

/** What fusion did. */
export const receipt = z
  .object({
    modules_in: count,
    instances: count,
    bytes_in: count,
    bytes_out: count,
    boundary_calls_removed: count,
    ms: z.number(),
    cached: z.boolean().describe('The fused module was there already.'),
  })
  .meta({ id: 'FusionReceipt' });
/** What becomes of the state of each node. */
export const nodeFate = z
  .object({ node: z.string(), fate: z.enum(['kept', 'migrated', 'new', 'dropped']), reason: z.string() })
  .meta({ id: 'NodeFate' });
export const deploy = z
  .object({
    id: z.string(),
    flow: flowId,
    version: z.int().nullable(),
    kind: z.enum(DEPLOY_KINDS),
    state: z.enum(['queued', 'running', 'done', 'failed']),
    stage: z.enum(DEPLOY_STAGES).nullable().describe('The one it is in, or failed in.'),
    stages: z.array(z.object({ stage: z.enum(DEPLOY_STAGES), ms: z.number().nullable().describe('null: not over.') })),
    by: z.string(),
    started_at: time,
    ended_at: time.nullable(),
    receipt: receipt.nullable(),
    nodes: z.array(nodeFate).describe('The state plan, as it was done.'),
    pause_ms: z.number().nullable().describe('For how long no record was handled while it took over.'),
    diagnostics: z.array(diagnostic),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'Deploy' });

const params = z.object({ flow: flowId });
const group = 'Deploys';
const action = (name: 'start' | 'stop' | 'pause' | 'resume', summary: string) =>
  route({
    method: 'post',
    path: `/api/v1/flows/{flow}/${name}`,
    group,
    permission: 'operate',
    summary,
    params,
    answer: deploy,
    status: 202,
    idempotent: true,
    problems: [404, 409, 422],
  });

export const deployRoutes = {
  deployFlow: route({
    method: 'post',
    path: '/api/v1/flows/{flow}/deploys',
    group,
    permission: 'deploy',
    summary: 'Deploy a version',
    description:
      'Without `version` a version is made of the draft first, unless it is what the latest version is. Answers at once; follow the job at `/api/v1/deploys/{deploy}` or its events.',
    params,
    body: z.strictObject({
      version: z.int().min(1).optional(),
      message: text.default('').describe('Of the version that is made.'),
      probation_ms: z.int().min(0).max(3_600_000).optional(),
    }),
    bodyOptional: true,
    answer: deploy,
    status: 202,
    idempotent: true,
    problems: [404, 409, 422],
  }),
  rollbackFlow: route({
    method: 'post',
    path: '/api/v1/flows/{flow}/rollback',
    group,
    permission: 'deploy',
    summary: 'Deploy the version before the one that runs, or a given one',
    params,
    body: z.strictObject({ version: z.int().min(1).optional() }),
    bodyOptional: true,
    answer: deploy,
    status: 202,
    idempotent: true,
    problems: [404, 409, 422],
  }),
  planDeploy: route({
    method: 'post',
    path: '/api/v1/flows/{flow}/plan',
    group,
    permission: 'read',
    summary: 'What a deploy would do to the state of each node',
    params,
    body: z.strictObject({ version: z.int().min(1).optional() }),
    bodyOptional: true,
    answer: z.object({ nodes: z.array(nodeFate), diagnostics: z.array(diagnostic) }).meta({ id: 'StatePlan' }),
    problems: [404, 422],
  }),
  startFlow: action('start', 'Start the deployed version'),
  stopFlow: action('stop', 'Stop: handle what is in hand, keep the state'),
  pauseFlow: action('pause', 'Set the flow aside; its input waits as the overload policy says'),
  resumeFlow: action('resume', 'End a pause or a quarantine'),
  listDeploys: route({
    method: 'get',
    path: '/api/v1/deploys',
    group,
    permission: 'read',
    summary: 'Deploys, newest first',
    query: z.object({ ...paging, flow: flowId.optional() }),
    answer: pageOf(deploy),
  }),
  getDeploy: route({
    method: 'get',
    path: '/api/v1/deploys/{deploy}',
    group,
    permission: 'read',
    summary: 'One deploy',
    params: z.object({ deploy: z.string().max(64) }),
    answer: deploy,
    problems: [404],
  }),
  deployEvents: route({
    method: 'get',
    path: '/api/v1/deploys/{deploy}/events',
    group,
    permission: 'read',
    summary: 'One deploy, live, until it ends',
    params: z.object({ deploy: z.string().max(64) }),
    answer: { events: deploy },
    problems: [404],
  }),
  getArtifact: route({
    method: 'get',
    path: '/api/v1/flows/{flow}/artifact',
    group,
    permission: 'read',
    summary: 'The fused module that runs',
    params,
    answer: { bytes: 'application/wasm', description: 'It holds its graph: `fusewire inspect`.' },
    problems: [404],
  }),
} as const;
export type DeployDto = z.infer<typeof deploy>;
export type ReceiptDto = z.infer<typeof receipt>;
export type NodeFateDto = z.infer<typeof nodeFate>;
