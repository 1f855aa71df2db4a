import type { LogLineDto } from '#api';
import { Latest } from './latest.ts';
import { SERVER_LIMITS } from './limits.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogQuery {
  /** `seq` of the last line one has. */
  readonly after?: number | undefined;
  readonly flow?: string | undefined;
  /** This one and those above. */
  readonly level?: LogLevel | undefined;
  readonly limit?: number | undefined;
}
/** Lines that came since, and how many were left out because nobody read. */
export interface LogNews {
  readonly lines: readonly LogLineDto[];
  readonly dropped: number;
}

/** The last lines of the log, in memory. */
export class LogRing {
  readonly #lines: (LogLineDto | undefined)[];
  readonly #followers = new Set<(line: LogLineDto) => void>();
  /** Number of the next line; lines are numbered from 1. */
  #next = 1;

  constructor(most: number = SERVER_LIMITS.log_lines) {
    this.#lines = new Array(most);
  }

  push(line: Omit<LogLineDto, 'seq'>): LogLineDto {
    const numbered = { ...line, seq: this.#next };
    this.#lines[this.#next % this.#lines.length] = numbered;
    this.#next += 1;
    for (const follower of this.#followers) follower(numbered);
    return numbered;
  }

  /** Oldest first: with `after` what follows it, else the last. */
  list({ after, flow, level, limit = this.#lines.length }: LogQuery = {}): LogLineDto[] {
    const wanted = wants({ flow, level });
    const first = Math.max(1, this.#next - this.#lines.length);
    const found: LogLineDto[] = [];
    if (after !== undefined) {
      for (let seq = Math.max(first, after + 1); seq < this.#next && found.length < limit; seq += 1) {
        const line = this.#lines[seq % this.#lines.length]!;
        if (wanted(line)) found.push(line);
      }
      return found;
    }
    for (let seq = this.#next - 1; seq >= first && found.length < limit; seq -= 1) {
      const line = this.#lines[seq % this.#lines.length]!;
      if (wanted(line)) found.push(line);
    }
    return found.reverse();
  }

  /** What comes from now on, several lines at a time; ends when the reader does, or `end()` is called. */
  subscribe({ flow, level }: LogQuery = {}, gap_ms = 100): Latest<LogNews> {
    const wanted = wants({ flow, level });
    const follower = (line: LogLineDto): void => {
      if (wanted(line)) news.put('lines', { lines: [line], dropped: 0 }, joined);
    };
    const news = new Latest<LogNews>(gap_ms, () => this.#followers.delete(follower));
    this.#followers.add(follower);
    return news;
  }

  get followers(): number {
    return this.#followers.size;
  }
}

/** What waits grows in place: one line after the other without a copy of all. */
function joined(waiting: LogNews, { lines: [line] }: LogNews): LogNews {
  if (waiting.lines.length >= SERVER_LIMITS.log_follower_lines) return { ...waiting, dropped: waiting.dropped + 1 };
  (waiting.lines as LogLineDto[]).push(line!);
  return waiting;
}

const wants = ({ flow, level = 'debug' }: LogQuery): ((line: LogLineDto) => boolean) => {
  const least = LOG_LEVELS.indexOf(level);
  return line => (flow === undefined || line.flow === flow) && LOG_LEVELS.indexOf(line.level) >= least;
};
