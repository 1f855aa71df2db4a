import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Route } from '#api';
import { type EventSetup, eventStream } from './events.ts';
import { type Bytes, WithCookies, Written } from './handlers.ts';
import { SERVER_LIMITS } from './limits.ts';
import { type Extra, respond, takes } from './respond.ts';

const compressed = promisify(gzip);

/** A reply as it goes out; `revision` is that of routes with an ETag. */
export interface Parts {
  readonly status: number;
  readonly reply: unknown;
  /** The reply as JSON, when that is there already. */
  readonly text?: string | undefined;
  readonly extra: Extra;
}

/** Takes cookies and ETag off the reply of a handler. */
export function partsOf(route: Route, given: unknown): Parts {
  const extra: Extra = {};
  let reply = given;
  if (reply instanceof WithCookies) {
    extra['set-cookie'] = [...reply.cookies];
    reply = reply.reply;
  }
  if (route.etag) {
    const { answer, etag } = reply as { answer: unknown; etag: number };
    extra['etag'] = `"${etag}"`;
    reply = answer;
  }
  let text: string | undefined;
  if (reply instanceof Written) {
    text = reply.text;
    reply = reply.reply;
  }
  return { status: route.status ?? (route.answer === null ? 204 : 200), reply, text, extra };
}

/** How bytes that break off in the middle end: the connection is cut, so that nobody takes them for whole. */
export type Cut = (error: unknown) => void;

export async function jsonAnswer(request: Request, { status, reply, text, extra }: Parts): Promise<Response> {
  if (reply === undefined || status === 204) return respond(204, null, null, extra);
  const seen = request.headers.get('if-none-match');
  if (request.method === 'GET' && seen !== null && typeof extra['etag'] === 'string' && matches(seen, extra['etag']))
    return respond(304, null, null, extra);
  const whole = text ?? JSON.stringify(reply);
  // An ETag names these very bytes, and is compared with what is sent back: such answers stay as they are.
  if (whole.length < SERVER_LIMITS.plain_chars || extra['etag'] !== undefined || !takes(request, 'gzip'))
    return respond(status, whole, 'application/json', extra);
  const headers = { ...extra, 'content-encoding': 'gzip', vary: 'accept-encoding' };
  return respond(status, await compressed(whole), 'application/json', headers);
}
const matches = (header: string, etag: string): boolean =>
  header.split(',').some(one => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);

export function bytesAnswer(type: string, { status, reply, extra }: Parts, cut: Cut): Response {
  const { bytes, name } = reply as Bytes;
  const headers = { ...extra, ...(name === undefined ? {} : { 'content-disposition': disposition(name) }) };
  if (bytes instanceof Uint8Array) {
    const whole = bytes as Uint8Array<ArrayBuffer>;
    return respond(status, whole, type, { ...headers, 'content-length': String(whole.length) });
  }
  return respond(status, streamed(bytes, cut), type, headers);
}

/** RFC 6266: what is not plain ASCII goes into `filename*`. */
function disposition(name: string): string {
  const plain = name.replaceAll(/[^\w .()-]/g, '_').slice(0, 150);
  const encoded = encodeURIComponent(name.slice(0, 150).toWellFormed()).replaceAll(
    /['()*]/g,
    one => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** Asked for more only when the reader has taken what came before. */
function streamed(bytes: AsyncIterable<Uint8Array>, cut: Cut): ReadableStream<Uint8Array> {
  const chunks = bytes[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      pull: async controller => {
        try {
          const { done, value } = await chunks.next();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          cut(error);
          controller.close();
        }
      },
      cancel: async () => void (await chunks.return?.()),
    },
    { highWaterMark: 0 },
  );
}

export const eventsAnswer = (events: AsyncIterable<unknown>, setup: EventSetup): Response =>
  // Proxies that gather answers would hold events back.
  respond(200, eventStream(events, setup), 'text/event-stream', { 'x-accel-buffering': 'no' });
