import { z } from 'zod';
import { API_LIMITS } from './limits.ts';
import { anything, count, diagnostic, flowId, payload, sha256, time } from './shapes.ts';

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
    document: anything.describe('See docs/flow.md; it may be unfinished.'),
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
export const version = versionHead.extend({ document: anything, tests: z.array(goldenTest) }).meta({ id: 'Version' });
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
    nodes_reordered: z.boolean(),
    wires_reordered: z.boolean().describe('Messages of one output leave in the order of its wires.'),
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
    node: z.string().nullable().describe('null: what came in.'),
    port: z
      .string()
      .describe('The output it left by; `sink` for what a sink gave to its connector; the input, when it was refused.'),
    payload,
    refused: z.boolean().describe('The node gave an error: the payload is the reason.'),
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
