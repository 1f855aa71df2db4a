import { en } from 'zod/locales';
// The small form of zod: the studio brings this file to the browser.
import * as z from 'zod/mini';
import { DOCUMENT_LIMITS, FLOW_LIMITS, type FlowLimit, RECORD_LIMITS, type RecordLimit } from '#abi';
import { atMost, type Diagnostic, finding, type Path, showPath } from '#diagnostic';
import { readJson } from './json.ts';

z.config(en());

const id = z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_-]*$/), z.maxLength(DOCUMENT_LIMITS.id_bytes));
/** A name that is looked up: what does not exist is a finding of `checkFlow`. */
const name = z.string().check(z.maxLength(DOCUMENT_LIMITS.id_bytes));
const between = (min: number, max: number) => z.optional(z.int().check(z.minimum(min), z.maximum(max)));
const limit = (name: RecordLimit) => between(1, RECORD_LIMITS[name].max);
const flowLimit = (name: FlowLimit) => between(FLOW_LIMITS[name].min, FLOW_LIMITS[name].max);

/** The flow document, format 1. Unknown keys are errors. */
export const flowSchema = z.strictObject({
  format: z.literal('fusewire.flow/1'),
  name: z.string().check(z.minLength(1), z.maxLength(128)),
  description: z.optional(z.string()),
  nodes: z
    .array(
      z.strictObject({
        id,
        node_type: name,
        wasm_hash: z.optional(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
        props: z.optional(z.record(z.string(), z.unknown())),
      }),
    )
    .check(z.maxLength(DOCUMENT_LIMITS.nodes)),
  wires: z
    .array(
      z.strictObject({
        source_node: name,
        source_port: name,
        target_node: name,
        target_port: name,
      }),
    )
    .check(z.maxLength(DOCUMENT_LIMITS.wires)),
  layout: z.optional(z.unknown()),
  tick_ms: between(DOCUMENT_LIMITS.tick_ms_min, DOCUMENT_LIMITS.tick_ms_max),
  limits: z.optional(
    z.strictObject({
      fuel: limit('fuel'),
      emits: limit('emits'),
      egress_bytes: limit('egress_bytes'),
      log_bytes: limit('log_bytes'),
      node_memory_bytes: flowLimit('node_memory_bytes'),
      memory_bytes: flowLimit('memory_bytes'),
      in_flight_bytes: flowLimit('in_flight_bytes'),
      dead_letters: flowLimit('dead_letters'),
      dead_letters_per_second: flowLimit('dead_letters_per_second'),
      spill_bytes: flowLimit('spill_bytes'),
      journal_bytes: flowLimit('journal_bytes'),
    }),
  ),
  durable: z.optional(z.boolean()),
});
export type FlowDocument = z.infer<typeof flowSchema>;
export type FlowNode = FlowDocument['nodes'][number];
export type FlowWire = FlowDocument['wires'][number];

/** Reads a document: size, encoding, nesting, JSON, shape. Everything wrong with the shape is reported at once. */
export function parseFlow(source: string | Uint8Array): { document: FlowDocument } | { diagnostics: Diagnostic[] } {
  const read = readJson(source);
  if ('diagnostics' in read) return read;
  const result = flowSchema.safeParse(read.data);
  if (result.success) return { document: result.data };
  // One more than is shown, so that the rest is not cut in silence.
  const found = result.error.issues.slice(0, DOCUMENT_LIMITS.findings + 1).flatMap(toFindings);
  return { diagnostics: atMost(found, DOCUMENT_LIMITS.findings) };
}

const HINT = 'See the flow document in docs/flow.md.';

function toFindings(issue: z.core.$ZodIssue): Diagnostic[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .slice(0, DOCUMENT_LIMITS.findings + 1)
      .map(key => finding('document-invalid', showPath([...path, key]), 'there is no such key', HINT));
  const code = issue.code === 'too_big' ? 'limit-exceeded' : 'document-invalid';
  return [finding(code, showPath(path), issue.message, HINT)];
}
