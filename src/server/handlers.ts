import type { Credentials } from '#access';
import type { AnswerOf, BodyOf, ParamsOf, QueryOf, RouteName, Routes } from '#api';
import type { Identity } from './access.ts';

/** One request, checked against its route. */
export interface Call<R> {
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  /** A body that may be left out, and was, is what the shape makes of `{}`; `{}` itself when that does not fit. */
  readonly body: BodyOf<R>;
  /** Of a body of bytes: its media type with parameters, e.g. the boundary. */
  readonly contentType: string;
  readonly identity: Identity;
  readonly credentials: Credentials;
  /** IP of the other side. */
  readonly address: string;
  /** Revision that the sender has seen; null: none was given, or `*`. */
  readonly ifMatch: number | null;
  /** The client went away, or the gateway stops. */
  readonly signal: AbortSignal;
}

/** Bytes of an answer, and under which name a browser saves them. */
export interface Bytes {
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>;
  readonly name?: string;
}

/** What a handler gives back. */
export type Reply<R> = Plain<R> | WithCookies<Plain<R>>;
type Plain<R> = R extends { answer: { bytes: string } }
  ? Bytes
  : R extends { answer: { events: unknown } }
    ? AsyncIterable<AnswerOf<R>>
    : R extends { etag: true }
      ? { readonly answer: AnswerOf<R>; readonly etag: number }
      : AnswerOf<R> | Written<AnswerOf<R>>;

/** A reply that is JSON already, because many ask for it. */
export class Written<A> {
  readonly reply: A;
  readonly text: string;

  constructor(reply: A, text: string) {
    this.reply = reply;
    this.text = text;
  }
}

/** A reply that also sets cookies: whole values of `Set-Cookie`. */
export class WithCookies<A> {
  readonly reply: A;
  readonly cookies: readonly string[];

  constructor(reply: A, cookies: readonly string[]) {
    this.reply = reply;
    this.cookies = cookies;
  }
}

/**
 * What answers the routes. A handler throws GatewayError; it may carry `diagnostics` (findings that go into the problem) and
 * `retry_after_ms`. What else it throws is a bug of ours: 500, and the log says more. Of `events` and `bytes` everything that
 * can be refused is refused before the iterable is returned: after that the status is out.
 */
export type Handlers = { readonly [K in RouteName]: (call: Call<Routes[K]>) => Promise<Reply<Routes[K]>> };
