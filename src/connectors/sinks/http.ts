import { GatewayError } from '#diagnostic';
import { Permanent, QueuedSink, RetryAfter } from './queue.ts';
import type { Sink, SinkSetup } from './sink.ts';

const TYPES: Record<string, string> = {
  json: 'application/x-ndjson',
  csv: 'text/csv',
  protobuf: 'application/x-protobuf',
};

/** Posts each batch. 2xx: delivered. 408, 429 and 5xx: tried again, `Retry-After` honoured. Others fail for good. */
export async function openHttpSink({ props, events }: SinkSetup): Promise<Sink> {
  const url = props['url'];
  if (typeof url !== 'string') throw new GatewayError('sink-props-invalid', 'http_sink', 'props.url is missing');
  const headers = {
    'content-type': TYPES[String(props['format'] ?? 'json')]!,
    ...(props['headers'] as Record<string, string> | undefined),
  };
  const timeout_ms = Number(props['timeout_ms'] ?? 10_000);
  const method = String(props['method'] ?? 'POST');
  const deliver = async (body: Buffer): Promise<void> => {
    const response = await fetch(url, {
      method,
      headers,
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(timeout_ms),
    });
    await response.arrayBuffer();
    if (response.ok) return;
    const text = `HTTP ${response.status}`;
    if (response.status !== 408 && response.status !== 429 && response.status < 500) throw new Permanent(text);
    const after = retryAfterMs(response.headers.get('retry-after'));
    throw after === null ? new Error(text) : new RetryAfter(text, after);
  };
  return new QueuedSink('http-failed', url, events, deliver, 1, async () => undefined);
}

/** Seconds or a date. */
function retryAfterMs(value: string | null): number | null {
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}
