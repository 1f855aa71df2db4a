import type { z } from 'zod';

/** What an identity must be allowed to do; roles are sets of these, see docs/security.md. */
export const PERMISSIONS = ['public', 'read', 'edit', 'deploy', 'operate', 'admin'] as const;
export type Permission = (typeof PERMISSIONS)[number];

export type Shape = z.ZodObject;
/** What a body may be: JSON of a shape, or bytes of one of these media types. */
export type Body = z.ZodType | { readonly bytes: readonly string[]; readonly description: string };
/** What an answer is: JSON of a shape, bytes of a media type, server-sent events (data: JSON of the shape), or nothing. */
export type Answer =
  | z.ZodType
  | { readonly bytes: string; readonly description: string }
  | { readonly events: z.ZodType }
  | null;

export interface Route<
  P extends Shape | undefined = Shape | undefined,
  Q extends Shape | undefined = Shape | undefined,
  B extends Body | undefined = Body | undefined,
  A extends Answer = Answer,
> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly group: string;
  readonly summary: string;
  readonly description?: string;
  readonly permission: Permission;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** The body may be left out. */
  readonly bodyOptional?: true;
  /** Largest body; default `API_LIMITS.body_bytes`. */
  readonly body_bytes?: number;
  readonly answer: A;
  /** Status of success; default 200, 204 when there is no answer. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Draft revisions: `etag` is sent back, `ifMatch` is required or understood. */
  readonly etag?: true;
  readonly ifMatch?: 'required' | 'optional';
  /** Understands the header `Idempotency-Key`. */
  readonly idempotent?: true;
  /** Statuses of problems that this route has beside 400, 401, 403, 429 and 500. */
  readonly problems?: readonly number[];
}

export const route = <
  const P extends Shape | undefined = undefined,
  const Q extends Shape | undefined = undefined,
  const B extends Body | undefined = undefined,
  const A extends Answer = Answer,
  const E extends true | undefined = undefined,
>(
  definition: Route<P, Q, B, A> & { readonly etag?: E },
): Route<P, Q, B, A> & (E extends true ? { readonly etag: true } : unknown) =>
  definition as Route<P, Q, B, A> & (E extends true ? { readonly etag: true } : unknown);

type Out<T> = T extends z.ZodType ? z.output<T> : Record<never, never>;
type In<T> = T extends z.ZodType ? z.input<T> : Record<never, never>;

/** What a handler is given. */
export type ParamsOf<R> = R extends Route<infer P, Shape | undefined, Body | undefined, Answer> ? Out<P> : never;
export type QueryOf<R> = R extends Route<Shape | undefined, infer Q, Body | undefined, Answer> ? Out<Q> : never;
export type BodyOf<R> =
  R extends Route<Shape | undefined, Shape | undefined, infer B, Answer>
    ? B extends z.ZodType
      ? z.output<B>
      : B extends { bytes: readonly string[] }
        ? Uint8Array
        : undefined
    : never;
/** What a client sends. */
export type QueryInput<R> = R extends Route<Shape | undefined, infer Q, Body | undefined, Answer> ? In<Q> : never;
export type BodyInput<R> =
  R extends Route<Shape | undefined, Shape | undefined, infer B, Answer>
    ? B extends z.ZodType
      ? z.input<B>
      : B extends { bytes: readonly string[] }
        ? Uint8Array
        : undefined
    : never;
export type AnswerOf<R> =
  R extends Route<Shape | undefined, Shape | undefined, Body | undefined, infer A>
    ? A extends z.ZodType
      ? z.output<A>
      : A extends { bytes: string }
        ? Uint8Array
        : A extends { events: infer E }
          ? E extends z.ZodType
            ? z.output<E>
            : never
          : undefined
    : never;
