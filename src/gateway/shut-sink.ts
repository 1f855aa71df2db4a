import type { Sink } from '#connectors';
import type { GatewayError } from '#diagnostic';

/**
 * In place of a sink that cannot be opened and that nothing but the rest of an old version goes to: whatever comes is
 * reported, and becomes a dead letter that can be given to the sink of the new version.
 */
export function shutSink(
  error: GatewayError,
  onFailed: (error: GatewayError, body: Uint8Array, sequence: number) => void,
): Sink {
  let failed = 0;
  let settled = 0;
  const idle = { written: 0, bytes: 0, pending: 0, retries: 0, spooled: 0, spooled_bytes: 0, dropped: 0 };
  return {
    write(body, sequence) {
      failed += 1;
      settled = sequence + 1;
      onFailed(error, body, sequence);
      return true;
    },
    get settled() {
      return settled;
    },
    flush: async () => undefined,
    close: async () => undefined,
    get state() {
      return { ...idle, failed, online: false, lastError: error.message };
    },
  };
}
