/**
 * Requests made from an OpenAPI document: such as fit, then mutated. Whatever is sent, the server answers within the
 * deadline, never with 5xx (503 where the document says so), and what it refuses is a problem with a code.
 */
import { request as httpRequest } from 'node:http';
import { seeded } from '../support/random.ts';
import { type Document, Requests, type Sent, type Target } from './fuzz-requests.ts';

export interface FuzzSetup {
  /** e.g. `http://127.0.0.1:8080` */
  readonly url: string;
  readonly token: string | null;
  readonly seed: number;
  readonly requests: number;
  readonly deadline_ms?: number;
  /** Operations that are not called, e.g. one that ends the server's own session. */
  readonly without?: readonly string[];
}
export interface FuzzReport {
  readonly requests: number;
  /** How many answers of each status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Operations that succeeded at least once. */
  readonly succeeded: readonly string[];
  /** What must not be; each with what brings it back. */
  readonly failures: readonly string[];
}

interface Got {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const DEADLINE_MS = 10_000;
const PARALLEL = 8;
const FAILURES_MAX = 20;
/** Of an answer; event streams are left after their first bytes. */
const ANSWER_BYTES = 1024 * 1024;

export async function fuzzApi(setup: FuzzSetup): Promise<FuzzReport> {
  const { url, token, seed, requests, deadline_ms = DEADLINE_MS, without = [] } = setup;
  const api = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
  const random = seeded(seed);
  const requestsOf = new Requests(api, random, token);
  const targets = Object.entries(api.paths)
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))
    .filter(({ operation }) => !without.includes(operation.operationId));
  const statuses: Record<string, number> = {};
  const succeeded = new Set<string>();
  const failures: string[] = [];
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < requests && failures.length < FAILURES_MAX) {
      const target = targets[next % targets.length]!;
      next += 1;
      const sent = requestsOf.make(target);
      const got = await exchange(url, sent, deadline_ms).catch((error: Error) => error);
      const wrong = judge(target, sent, got);
      if (wrong)
        failures.push(
          `seed ${seed}: ${sent.method} ${sent.path.slice(0, 300)} ${JSON.stringify(sent.headers).slice(0, 500)} ${sent.body?.toString().slice(0, 500)}: ${wrong}`,
        );
      if (got instanceof Error) continue;
      statuses[got.status] = (statuses[got.status] ?? 0) + 1;
      if (got.status >= 300 || sent.isSpoiled) continue;
      succeeded.add(target.operation.operationId);
      if (got.type === 'application/json' && got.text.length < ANSWER_BYTES)
        requestsOf.learn(target, JSON.parse(got.text));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, run));
  return { requests: next, statuses, succeeded: [...succeeded], failures };
}

/** @returns what is wrong with the answer, or null */
function judge({ operation }: Target, sent: Sent, got: Got | Error): string | null {
  if (got instanceof Error) return got.message;
  const { status, type, text } = got;
  if (status >= 500 && !(status === 503 && '503' in operation.responses))
    return `answered ${status}: ${text.slice(0, 300)}`;
  if (status < 400 || sent.method === 'HEAD') return null;
  // What is no HTTP is answered below the application, without a body.
  if ([400, 408, 431].includes(status) && text === '') return null;
  if (status === 503 && type === 'application/json') return null;
  if (type !== 'application/problem+json') return `${status} with the type ${type}: ${text.slice(0, 200)}`;
  const problem = JSON.parse(text) as Record<string, unknown>;
  return problem['status'] === status && typeof problem['code'] === 'string'
    ? null
    : `no problem: ${text.slice(0, 200)}`;
}

/** Odd text for headers goes out as it is: `fetch` would refuse it. */
function exchange(url: string, { method, path, headers, body, isChunked }: Sent, deadline_ms: number): Promise<Got> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const length: Record<string, string> = body === null || isChunked ? {} : { 'content-length': String(body.length) };
    const request = httpRequest({ hostname, port, method, path, headers: { ...headers, ...length }, agent: false });
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${deadline_ms} ms`)), deadline_ms);
    let isAnswered = false;
    request.on('response', response => {
      isAnswered = true;
      const chunks: Buffer[] = [];
      let bytes = 0;
      const type = (response.headers['content-type'] ?? '').split(';')[0]!;
      const done = (): void => {
        clearTimeout(timer);
        resolve({ status: response.statusCode!, type, text: Buffer.concat(chunks).toString() });
        request.destroy();
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (type === 'text/event-stream' || bytes > ANSWER_BYTES) done();
      });
      response.on('end', done);
      response.on('error', done);
    });
    request.on('error', error => {
      clearTimeout(timer);
      if (!isAnswered) reject(error);
    });
    request.end(body ?? undefined);
  });
}
