import type { z } from 'zod';
import { type Answer, type Problem, problem } from '#api';
import { GatewayError } from '#diagnostic';
import type { ClientLimits } from './limits.ts';
import { ApiProblem } from './problem.ts';

const ISSUES_SHOWN = 3;

/** The pieces of an answer. By a reader: not every browser iterates over streams. */
export async function* piecesOf({ body }: Response): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body?.getReader();
  try {
    for (;;) {
      const piece = await reader?.read();
      if (!piece || piece.done) return;
      yield piece.value;
    }
  } finally {
    // Nobody wants the rest; of a stream that failed there is none.
    await reader?.cancel().catch(() => undefined);
  }
}

/** The bytes of an answer. @throws GatewayError answer-invalid: more than `most` */
export async function readBytes(response: Response, most: number): Promise<Uint8Array> {
  const tooMuch = (): GatewayError => new GatewayError('answer-invalid', response.url, `more than ${most} bytes`);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of piecesOf(response)) {
    length += part.length;
    if (length > most) throw tooMuch();
    parts.push(part);
  }
  if (parts.length === 1) return parts[0]!;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

async function readJson(response: Response, limits: ClientLimits): Promise<unknown> {
  const text = new TextDecoder().decode(await readBytes(response, limits.answer_bytes));
  try {
    return JSON.parse(text);
  } catch {
    // Some other server, most likely: its page says nothing here.
    const what = `${response.status} ${response.headers.get('content-type') ?? 'without a type'}, which is not JSON`;
    throw new GatewayError('answer-invalid', response.url, what);
  }
}

/** A value of a route's shape. Keys that a newer gateway added do no harm. @throws GatewayError answer-invalid */
export function parseAs<T extends z.ZodType>(shape: T, value: unknown, where: string): z.output<T> {
  let read = shape.safeParse(value);
  if (!read.success && read.error.issues.every(issue => issue.code === 'unrecognized_keys')) {
    const known = structuredClone(value);
    for (const issue of read.error.issues) {
      const holder = issue.path.reduce((at, key) => (at as Record<PropertyKey, unknown>)[key], known);
      if (issue.code === 'unrecognized_keys')
        for (const key of issue.keys) delete (holder as Record<string, unknown>)[key];
    }
    read = shape.safeParse(known);
  }
  if (read.success) return read.data;
  const issues = read.error.issues.slice(0, ISSUES_SHOWN);
  const said = issues.map(({ path, message }) => `${path.join('.') || 'the answer'}: ${message}`).join('; ');
  throw new GatewayError('answer-invalid', where, said);
}

/** What a route answers. @throws ApiProblem, or GatewayError answer-invalid */
export async function readAnswer(answer: Answer, response: Response, limits: ClientLimits): Promise<unknown> {
  if (!response.ok) throw await problemOf(response, limits);
  if (answer === null) {
    await response.body?.cancel();
    return undefined;
  }
  if ('bytes' in answer) return readBytes(response, limits.download_bytes);
  if ('events' in answer) throw new TypeError('events are read by events()');
  return parseAs(answer, await readJson(response, limits), response.url);
}

/** Problem details. @throws GatewayError answer-invalid when there are none: then it was not a gateway that spoke */
export async function problemOf(response: Response, limits: ClientLimits): Promise<ApiProblem> {
  const read = problem.safeParse(await readJson(response, limits));
  if (read.success) return new ApiProblem(read.data satisfies Problem);
  throw new GatewayError('answer-invalid', response.url, `${response.status} without problem details`);
}
