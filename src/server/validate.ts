import type { z } from 'zod';
import type { DiagnosticDto } from '#api';
import { quoted, shorten } from '#diagnostic';
import { SERVER_LIMITS } from './limits.ts';
import { invalid, RequestInvalid } from './problem.ts';

const TEXT_CHARS = 300;

/** @param root where the value stands: `$` for the body, `query`, `path`. @throws RequestInvalid with every place */
export function checked<T extends z.ZodType>(shape: T, value: unknown, root: string): z.output<T> {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  throw new RequestInvalid(result.error.issues.slice(0, SERVER_LIMITS.findings).map(issue => finding(issue, root)));
}

const finding = (issue: z.core.$ZodIssue, root: string): DiagnosticDto => ({
  code: 'request-invalid',
  severity: 'error',
  where: place(issue.path, root),
  message: shorten(issue.message, TEXT_CHARS),
  hint: hintOf(issue),
});

function hintOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `Remove ${shorten(issue.keys.map(key => quoted(key)).join(', '), TEXT_CHARS)}.`;
    case 'invalid_value':
      return `One of ${shorten(issue.values.map(value => JSON.stringify(value)).join(', '), TEXT_CHARS)}.`;
    case 'too_big':
      return `At most ${issue.maximum}.`;
    case 'too_small':
      return `At least ${issue.minimum}.`;
    case 'invalid_type':
      return `Send ${issue.expected}.`;
    case 'invalid_union':
      return 'None of the shapes fits; /docs shows them.';
    default:
      return 'See /docs for the shape.';
  }
}

const place = (path: readonly PropertyKey[], root: string): string =>
  shorten(
    root +
      path
        .map(part =>
          typeof part === 'number'
            ? `[${part}]`
            : /^[\w$-]+$/.test(String(part))
              ? `.${String(part)}`
              : `[${quoted(String(part))}]`,
        )
        .join(''),
    TEXT_CHARS,
  );

/** Parameters behind the `?`; each once. @throws RequestInvalid */
export function queryOf(url: string): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  const at = url.indexOf('?');
  if (at < 0) return values;
  let number = 0;
  for (const [name, value] of new URLSearchParams(url.slice(at + 1))) {
    number += 1;
    if (number > SERVER_LIMITS.query_parameters)
      throw invalid('query', 'too many parameters', `At most ${SERVER_LIMITS.query_parameters}.`);
    if (name in values) throw invalid(`query.${shorten(name, 40)}`, 'it stands twice', 'Give it once.');
    values[name] = value;
  }
  return values;
}

/** Revision in `If-Match`; null: none, or any. @throws RequestInvalid */
export function ifMatchOf(header: string | null): number | null {
  if (header === null || header.trim() === '*') return null;
  const digits = /^\s*"(\d{1,15})"\s*$/.exec(header)?.[1];
  if (digits === undefined)
    throw invalid('header.if-match', 'not an ETag of this API', 'Send the ETag as it came, in its quotes, or *.');
  return Number(digits);
}
