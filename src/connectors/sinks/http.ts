import { GatewayError } from '#diagnostic';
import { type Link, Permanent, RetryAfter } from './link.ts';
import { NetworkSink } from './network-sink.ts';
import type { Sink, SinkSetup } from './sink.ts';

const TYPES: Record<string, string> = {
  json: 'application/x-ndjson',
  csv: 'text/csv',
  protobuf: 'application/x-protobuf',
};
/** Of an answer's body no more than this is read, so that the connection can be used again. */
const ANSWER_BYTES = 64 * 1024;
const LONGEST_WAIT_MS = 24 * 3_600_000;

/**
 * Sends each output as one request, one after the other. 2xx: delivered. 4xx except 408, 425 and 429: refused for good.
 * Everything else is tried again, `Retry-After` honoured. @throws GatewayError sink-props-invalid, storage-failed
 */
export async function openHttpSink(setup: SinkSetup): Promise<Sink> {
  const { url } = setup.props;
  if (typeof url !== 'string') throw new GatewayError('sink-props-invalid', 'http_sink', 'props.url is missing');
  const link = linkTo(url, setup.props);
  return new NetworkSink({ failed: 'http-failed', refused: 'http-failed' }, url, setup, () => link);
}

function linkTo(url: string, props: SinkSetup['props']): Link {
  try {
    return new HttpLink(url, props);
  } catch (error) {
    throw new GatewayError('sink-props-invalid', 'http_sink', (error as Error).message, error);
  }
}

class HttpLink implements Link {
  readonly window = 1;
  readonly #url: string;
  readonly #method: string;
  readonly #headers: Headers;
  readonly #timeout_ms: number;
  #request: AbortController | null = null;

  constructor(url: string, props: SinkSetup['props']) {
    this.#url = new URL(url).href;
    this.#method = String(props['method'] ?? 'POST');
    this.#headers = new Headers(props['headers'] as Record<string, string> | undefined);
    if (!this.#headers.has('content-type'))
      this.#headers.set('content-type', TYPES[String(props['format'] ?? 'json')] ?? 'application/octet-stream');
    this.#timeout_ms = Number(props['timeout_ms'] ?? 10_000);
  }

  send(body: Buffer, id: string, done: (error: Error | null) => void): void {
    this.#post(body, id).then(done, done);
  }

  async close(): Promise<void> {
    this.#request?.abort();
  }

  /** @returns null: delivered. */
  async #post(body: Buffer, id: string): Promise<Error | null> {
    const request = new AbortController();
    this.#request = request;
    const timer = setTimeout(
      () => request.abort(new Error(`no answer within ${this.#timeout_ms} ms`)),
      this.#timeout_ms,
    );
    this.#headers.set('idempotency-key', id);
    try {
      const response = await fetch(this.#url, {
        method: this.#method,
        headers: this.#headers,
        body: body as Buffer<ArrayBuffer>,
        signal: request.signal,
        // A redirect would make a GET without a body of it, whose success says nothing.
        redirect: 'manual',
      });
      await discard(response);
      return outcomeOf(response);
    } catch (error) {
      // What fetch throws says only that it failed; why stands in its cause.
      const cause = ((error as Error).cause ?? error) as Error & { code?: unknown };
      throw new Error(cause.message || String(cause.code ?? cause.name), { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}

function outcomeOf({ status, headers }: Response): Error | null {
  if (status >= 200 && status < 300) return null;
  const location = headers.get('location');
  const text = `HTTP ${status}${location ? ` to ${location}` : ''}`;
  const isPermanent = status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;
  if (isPermanent) return new Permanent(text);
  const after = retryAfterMs(headers.get('retry-after'));
  return after === null ? new Error(text) : new RetryAfter(text, Math.min(after, LONGEST_WAIT_MS));
}

async function discard(response: Response): Promise<void> {
  let left = ANSWER_BYTES;
  for await (const chunk of response.body ?? []) {
    left -= (chunk as Uint8Array).length;
    if (left < 0) break;
  }
}

/** Seconds or a date. */
function retryAfterMs(value: string | null): number | null {
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}
