import { z } from 'zod';
import { API_LIMITS } from './limits.ts';

/** A flow's name in URLs. */
export const flowId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens, a letter first, 64 at most')
  .meta({ id: 'FlowId', description: 'Chosen when the flow is created; never changes.' });
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ id: 'Sha256', description: 'sha256 in lower-case hex.' });
export const time = z.string().meta({ format: 'date-time', description: 'ISO 8601, UTC.' });
export const text = z.string().max(API_LIMITS.text_chars);
export const count = z.number().int().min(0);
/** Any JSON; the key must be there. (Of a plain `unknown` the OpenAPI document would say that it may be left out.) */
export const anything = z.unknown().refine((value): boolean => value !== undefined, 'it is missing');

/** Pages go on behind the last item of the one before. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(API_LIMITS.page).default(API_LIMITS.page_default),
  after: z.string().max(200).optional().describe('`next` of the page before.'),
};
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable().describe('null: this is the last page.') });

export const diagnostic = z
  .object({
    code: z.string(),
    severity: z.enum(['error', 'warning']),
    message: z.string(),
    where: z.string().describe('JSON path into the document.'),
    hint: z.string(),
  })
  .meta({ id: 'Diagnostic', description: 'What a user did wrong, where, and what to do about it.' });
export type DiagnosticDto = z.infer<typeof diagnostic>;

/** RFC 9457. */
export const problem = z
  .object({
    type: z.string().describe('Where the code is explained.'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('One of docs/errors.md.'),
    where: z.string().optional(),
    diagnostics: z.array(diagnostic).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });
export type Problem = z.infer<typeof problem>;

/** Bytes made readable. */
export const payload = z
  .object({
    bytes: count.describe('Of the whole message.'),
    text: z.string().describe('TagUpdate, JSON or text, as far as it was kept; else hex.'),
    base64: z.string().describe('The first bytes.'),
    update: z
      .object({
        tag: z.string(),
        kind: z.string(),
        value: z
          .union([z.string(), z.number(), z.boolean()])
          .describe('64-bit integers and NaN as strings, bytes as base64.'),
        quality: z.int(),
        timestamp: z.number().describe('µs since the epoch.'),
        unit: z.string(),
        seq: z.union([z.string(), z.number()]),
      })
      .nullable()
      .describe('The TagUpdate that it is, if it is one.'),
  })
  .meta({ id: 'Payload' });
export type Payload = z.infer<typeof payload>;
