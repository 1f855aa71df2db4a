/**
 * A flow with its nodes and tests in one file, `fusewire.bundle/1`: JSON
 * `{format, flow: {id, name, document, settings, tests}, nodes: [{hash, node_type, version, wasm_base64}]}`.
 */
import { z } from 'zod';
import { DOCUMENT_LIMITS, NODE_LIMITS } from '#abi';
import { atMost, type Diagnostic, type DiagnosticCode, finding } from '#diagnostic';
import { type FlowDocument, parseFlow, readJson } from '#flow';
import { sha256 } from './blobs.ts';
import { FLOW_ID } from './flows.ts';
import { REPOSITORY_LIMITS } from './limits.ts';
import { settingsSchema, testsSchema } from './shapes.ts';
import type { FlowSettings, FlowTest } from './types.ts';

export interface BundleNode {
  readonly hash: string;
  readonly node_type: string;
  readonly version: string;
  readonly bytes: Uint8Array;
}
export interface Bundle {
  readonly flow: {
    readonly id: string;
    readonly name: string;
    readonly document: FlowDocument;
    readonly settings: FlowSettings;
    readonly tests: readonly FlowTest[];
  };
  /** What the document pins; nodes that every gateway has may be left out. */
  readonly nodes: readonly BundleNode[];
}

const FORMAT = 'fusewire.bundle/1';
const HINT = 'See the bundle in docs/data.md.';

const bundleSchema = z.strictObject({
  format: z.literal(FORMAT),
  flow: z.strictObject({
    id: z.string().regex(FLOW_ID),
    name: z.string().min(1).max(128),
    document: z.record(z.string(), z.unknown()),
    settings: z.strictObject(settingsSchema.shape),
    tests: testsSchema,
  }),
  nodes: z
    .array(
      z.strictObject({
        hash: z.string().regex(/^[0-9a-f]{64}$/),
        node_type: z.string().max(DOCUMENT_LIMITS.id_bytes),
        version: z.string().max(100),
        wasm_base64: z.string(),
      }),
    )
    .max(REPOSITORY_LIMITS.bundle_nodes),
});

/** The same flow and nodes give the same bytes. */
export function packBundle({ flow, nodes }: Bundle): Uint8Array {
  const { id, name, document, settings, tests } = flow;
  const packed = {
    format: FORMAT,
    flow: { id, name, document, settings, tests },
    nodes: nodes
      .map(({ hash, node_type, version, bytes }) => ({
        hash,
        node_type,
        version,
        wasm_base64: Buffer.from(bytes).toString('base64'),
      }))
      .sort((a, b) => (a.hash < b.hash ? -1 : 1)),
  };
  return Buffer.from(`${JSON.stringify(packed, null, 1)}\n`);
}

/** Size, JSON, shape, checksums, the document: everything wrong at once. Whether a node is one is not looked at here. */
export function readBundle(source: Uint8Array): { bundle: Bundle } | { diagnostics: Diagnostic[] } {
  const read = readJson(source, REPOSITORY_LIMITS.bundle_bytes);
  if ('diagnostics' in read) return read;
  const result = bundleSchema.safeParse(read.data);
  if (!result.success) {
    const issues = result.error.issues.slice(0, DOCUMENT_LIMITS.findings + 1);
    return { diagnostics: atMost(issues.map(shapeFinding), DOCUMENT_LIMITS.findings) };
  }
  const { flow, nodes } = result.data;
  const document = parseFlow(JSON.stringify(flow.document));
  const found = 'diagnostics' in document ? document.diagnostics.map(inBundle) : [];
  const unpacked = nodes.map((node, index) => unpack(node, `$.nodes[${index}]`, found));
  const hashes = new Set<string>();
  unpacked.forEach(({ hash }, index) => {
    if (hashes.has(hash)) report(found, 'document-invalid', `$.nodes[${index}].hash`, 'the same node stands twice');
    hashes.add(hash);
  });
  const tests_bytes = Buffer.byteLength(JSON.stringify(flow.tests));
  if (tests_bytes > REPOSITORY_LIMITS.tests_bytes)
    report(found, 'limit-exceeded', '$.flow.tests', `the limit is ${REPOSITORY_LIMITS.tests_bytes} bytes`);
  if ('diagnostics' in document || found.length > 0) return { diagnostics: atMost(found, DOCUMENT_LIMITS.findings) };
  return { bundle: { flow: { ...flow, document: document.document }, nodes: unpacked } };
}

function unpack(
  { hash, node_type, version, wasm_base64 }: z.infer<typeof bundleSchema>['nodes'][number],
  where: string,
  found: Diagnostic[],
): BundleNode {
  const bytes = Buffer.from(wasm_base64, 'base64');
  if (bytes.toString('base64') !== wasm_base64)
    report(found, 'document-invalid', `${where}.wasm_base64`, 'it is not base64 as RFC 4648 writes it');
  else if (bytes.length > NODE_LIMITS.module_bytes)
    report(found, 'node-limit', `${where}.wasm_base64`, `the limit is ${NODE_LIMITS.module_bytes} bytes`);
  else if (sha256(bytes) !== hash)
    report(found, 'document-invalid', `${where}.hash`, `the bytes have the hash ${sha256(bytes)}: they were changed`);
  return { hash, node_type, version, bytes: new Uint8Array(bytes) };
}

function report(found: Diagnostic[], code: DiagnosticCode, where: string, message: string): void {
  found.push(finding(code, where, message, HINT));
}

function shapeFinding(issue: z.core.$ZodIssue): Diagnostic {
  const where = `$${issue.path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')}`;
  return finding(issue.code === 'too_big' ? 'limit-exceeded' : 'document-invalid', where, issue.message, HINT);
}

/** A finding on the document, as one on the bundle. */
const inBundle = (one: Diagnostic): Diagnostic => ({ ...one, where: one.where.replace(/^\$/, '$$.flow.document') });
