import { z } from 'zod';
import { DOCUMENT_LIMITS, RECORD_LIMITS, type RecordLimit } from '#abi';
import type { Diagnostic } from '#diagnostic';

const id = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/)
  .max(DOCUMENT_LIMITS.id_bytes);
const limit = (name: RecordLimit) => z.int().min(1).max(RECORD_LIMITS[name].max).optional();

/** The flow document, format 1. Unknown keys are errors. */
export const flowSchema = z.strictObject({
  format: z.literal('fusewire.flow/1'),
  name: z.string().min(1).max(128),
  description: z.string().optional(),
  nodes: z
    .array(
      z.strictObject({
        id,
        node_type: z.string(),
        wasm_hash: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .optional(),
        props: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .max(DOCUMENT_LIMITS.nodes),
  wires: z
    .array(
      z.strictObject({
        source_node: z.string(),
        source_port: z.string(),
        target_node: z.string(),
        target_port: z.string(),
      }),
    )
    .max(DOCUMENT_LIMITS.wires),
  layout: z.unknown().optional(),
  tick_ms: z.int().min(DOCUMENT_LIMITS.tick_ms_min).max(DOCUMENT_LIMITS.tick_ms_max).optional(),
  limits: z
    .strictObject({
      fuel: limit('fuel'),
      emits: limit('emits'),
      egress_bytes: limit('egress_bytes'),
      log_bytes: limit('log_bytes'),
    })
    .optional(),
  durable: z.boolean().optional(),
});
export type FlowDocument = z.infer<typeof flowSchema>;
export type FlowNode = FlowDocument['nodes'][number];
export type FlowWire = FlowDocument['wires'][number];

const problem = (code: string, where: string, message: string, hint: string): Diagnostic => ({
  code,
  severity: 'error',
  where,
  message,
  hint,
});

/** Reads a document: size, nesting, JSON, shape. Everything wrong with the shape is reported at once. */
export function parseFlow(text: string): { document: FlowDocument } | { diagnostics: Diagnostic[] } {
  // UTF-16 units never outnumber UTF-8 bytes, so this refuses only what is too large, before any parsing.
  if (text.length > DOCUMENT_LIMITS.document_bytes) {
    return {
      diagnostics: [
        problem(
          'document-too-large',
          '$',
          `the document has ${text.length} characters; the limit is ${DOCUMENT_LIMITS.document_bytes} bytes`,
          'Split the flow, or move data out of props.',
        ),
      ],
    };
  }
  const depth = nesting(text);
  if (depth > DOCUMENT_LIMITS.nesting) {
    return {
      diagnostics: [
        problem(
          'document-too-deep',
          '$',
          `the document is nested ${depth} deep; the limit is ${DOCUMENT_LIMITS.nesting}`,
          'Flatten the props.',
        ),
      ],
    };
  }
  let data: unknown;
  try {
    data = JSON.parse(text, (key, value) => {
      if (key === '__proto__') throw new SyntaxError('the key "__proto__" is not allowed');
      return value;
    });
  } catch (error) {
    return {
      diagnostics: [
        problem(
          'document-invalid',
          '$',
          `not JSON: ${(error as Error).message}`,
          'Mend the JSON; the message names the place.',
        ),
      ],
    };
  }
  const result = flowSchema.safeParse(data);
  if (result.success) return { document: result.data };
  return {
    diagnostics: result.error.issues.map(issue => {
      const where = `$${issue.path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')}`;
      const limited = issue.code === 'too_big';
      return problem(
        limited ? 'limit-exceeded' : 'document-invalid',
        where,
        issue.message,
        'See the flow document in docs/flow.md.',
      );
    }),
  };
}

/** Deepest nesting of brackets outside of strings. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 0x5c) i += 1;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return deepest;
}
