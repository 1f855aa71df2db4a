import { EGRESS_KIND, LOG_LEVELS, type LogLevel } from '#abi';
import type { GatewayError } from '#diagnostic';
import type { EgressRecord } from '#engine';
import { RateLimit } from './rate-limit.ts';

const PAYLOAD_SAMPLE_BYTES = 32;
const INTERVAL_MS = 1_000;

/** What a flow says to people: the same kind of line at most once a second; what was left out is counted in the next one. */
export class FlowLog {
  readonly #limit = new RateLimit(INTERVAL_MS);
  readonly #onLine: (level: LogLevel, text: string, node: string | null) => void;

  constructor(onLine: (level: LogLevel, text: string, node: string | null) => void) {
    this.#onLine = onLine;
  }

  /** @param key lines of one kind have the same. @param node that said it */
  line(level: LogLevel, key: string, text: string, node: string | null = null): void {
    const left = this.#limit.take(key);
    if (left === null) return;
    this.#onLine(level, left > 0 ? `${text} (and ${left} more like it)` : text, node);
  }

  problem(level: LogLevel, error: GatewayError): void {
    this.line(level, `${error.code} ${error.where}`, error.message);
  }

  malformed(message: Uint8Array): void {
    const sample = Buffer.from(message.subarray(0, PAYLOAD_SAMPLE_BYTES)).toString('hex');
    this.line('warn', 'malformed', `malformed message, first bytes ${sample || '(empty)'}`);
  }

  /** A log line or a malformed sample that came out of the flow. @param node that it came from */
  record({ kind, detail, body }: EgressRecord, node: string): void {
    if (kind === EGRESS_KIND.malformed) this.malformed(body);
    else if (kind === EGRESS_KIND.log)
      this.line(LOG_LEVELS[detail] ?? 'info', `log ${node}`, Buffer.from(body).toString('utf8'), node);
  }
}
