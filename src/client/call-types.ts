import type { z } from 'zod';
import type { AnswerOf, Body, BodyInput, ParamsOf, QueryInput, Route, RouteName, Routes } from '#api';
import type { ClientLimits } from './limits.ts';
import type { TlsOptions } from './tls.ts';

export type Shape = z.ZodObject | undefined;
type Streams<R> =
  R extends Route<Shape, Shape, Body | undefined, infer A> ? (A extends { events: z.ZodType } ? true : false) : false;
/** Routes that stream events, and all others. */
export type EventName = { [K in RouteName]: true extends Streams<Routes[K]> ? K : never }[RouteName];
export type CallName = Exclude<RouteName, EventName>;

export interface Common {
  readonly signal?: AbortSignal | undefined;
}
type Params<N extends RouteName> = keyof ParamsOf<Routes[N]> extends never
  ? { readonly params?: undefined }
  : { readonly params: ParamsOf<Routes[N]> };
export type CallOptions<N extends RouteName> = Common &
  Params<N> & {
    readonly query?: QueryInput<Routes[N]> | undefined;
    readonly body?: BodyInput<Routes[N]> | FormData | undefined;
    /** Of bytes: one of those that the route names; default the first. */
    readonly contentType?: string | undefined;
    /** As `callFull` gave it. */
    readonly ifMatch?: string | undefined;
    /** Default of routes that understand it: a new one. */
    readonly idempotencyKey?: string | undefined;
  };
export type EventOptions<N extends EventName> = Common &
  Params<N> & {
    readonly query?: QueryInput<Routes[N]> | undefined;
    /** The stream is over after an event of which this holds; without it, it goes on for ever. */
    readonly until?: ((event: AnswerOf<Routes[N]>) => boolean) | undefined;
    /** Told false when the connection is lost, and true when it is back. */
    readonly onConnection?: ((up: boolean) => void) | undefined;
  };
export type Given<N extends RouteName, O> = keyof ParamsOf<Routes[N]> extends never ? [options?: O] : [options: O];

export interface Full<T> {
  readonly answer: T;
  readonly etag: string | null;
  readonly status: number;
}
/** A login by cookie. In a browser the cookie is the browser's, and `csrf` alone is given. */
export interface ClientSession {
  readonly cookie?: string;
  readonly csrf: string | null;
}
export interface ClientOptions extends TlsOptions {
  /** `http://HOST:PORT`, maybe with a path behind it; empty: where the page came from. */
  readonly url: string;
  readonly token?: string | undefined;
  readonly session?: ClientSession | undefined;
  readonly limits?: Partial<ClientLimits>;
}
