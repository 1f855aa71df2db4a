import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './schema.d.ts';

export type Shapes = components['schemas'];
export type Finding = Shapes['Problem'] extends { diagnostics?: (infer D)[] | undefined } ? D : never;

/** What the gateway answered instead; `status` 0: nobody answered. */
export class ApiError extends Error {
  readonly status: number;
  /** Of docs/errors.md; `offline`: nobody answered. */
  readonly code: string;
  readonly where: string | null;
  readonly diagnostics: readonly Finding[];
  /** The gateway wants to be asked again so much later. */
  readonly retry_after_s: number | null;

  constructor(status: number, problem: Partial<Shapes['Problem']>, retry_after_s: number | null = null) {
    super(said(problem.detail ?? problem.title ?? `HTTP ${status}`));
    this.status = status;
    this.code = problem.code ?? (status === 0 ? 'offline' : `http-${status}`);
    this.where = problem.where ?? null;
    this.diagnostics = problem.diagnostics ?? [];
    this.retry_after_s = retry_after_s;
  }
}

let csrf: string | null = null;
/** Of the session: goes with every request that changes something. */
export function setCsrf(token: string | null): void {
  csrf = token;
}

let onUnauthenticated = (): void => undefined;
/** Called when the gateway no longer knows who asks. */
export function whenUnauthenticated(call: () => void): void {
  onUnauthenticated = call;
}

let words = { offline: (cause: Error): string => cause.message, said: (text: string): string => text };
/** How errors are said in the language that is shown: that nobody answered, and what the gateway said. */
export function sayErrors(by: { readonly offline: () => string; readonly said: (text: string) => string }): void {
  words = by;
}
/** What the gateway said of a failure, in the language that is shown. */
export const said = (text: string): string => words.said(text);

const headers: Middleware = {
  onRequest({ request }) {
    if (csrf !== null && request.method !== 'GET') request.headers.set('x-csrf-token', csrf);
    return request;
  },
};

/** Every route of the gateway by its path, typed by the OpenAPI document. */
export const api = createClient<paths>({ baseUrl: '' });
api.use(headers);

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** @returns what was asked for. @throws ApiError */
export async function ask<T>(request: Promise<Answer<T>>): Promise<T> {
  return (await askFull(request)).data;
}

/** With the revision that the answer is of. @throws ApiError */
export async function askFull<T>(request: Promise<Answer<T>>): Promise<{ data: T; etag: string | null }> {
  const { data, error, response } = await request.catch((cause: Error) => {
    if (cause.name === 'AbortError') throw cause;
    throw new ApiError(0, { detail: words.offline(cause) });
  });
  if (!response.ok) {
    if (response.status === 401) onUnauthenticated();
    throw new ApiError(response.status, problemOf(error), Number(response.headers.get('retry-after')) || null);
  }
  return { data: data as T, etag: response.headers.get('etag') };
}

const problemOf = (error: unknown): Partial<Shapes['Problem']> =>
  typeof error === 'object' && error !== null ? (error as Partial<Shapes['Problem']>) : { detail: String(error ?? '') };

/** A key for one thing that is to be done once, however often the request is sent. */
export const idempotencyKey = (): string => crypto.randomUUID();
