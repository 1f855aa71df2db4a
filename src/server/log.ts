import { pino } from 'pino';
import type { LogLineDto } from '#api';
import { printable, shorten } from '#diagnostic';
import { SERVER_LIMITS } from './limits.ts';
import type { LogLevel, LogRing } from './log-ring.ts';
import { redactFields, redactText } from './redact.ts';

/** `flow` and `node` say what the line is about; the rest is for machines. */
export interface LogFields {
  readonly flow?: string | null;
  readonly node?: string | null;
  readonly [key: string]: unknown;
}
type Write = (text: string, fields?: LogFields) => void;
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** Whether lines of this level are written: to save making those that are not. */
  has(level: LogLevel): boolean;
  setLevel(level: LogLevel): void;
}

export interface LogSetup {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty';
  readonly ring?: LogRing;
  /** Where lines go; default: stdout. */
  readonly onLine?: (line: string) => void;
  /** With colours; only of `pretty`. */
  readonly color?: boolean;
}

const COLORS: Record<LogLevel, number> = { debug: 90, info: 36, warn: 33, error: 31 };

/**
 * The log of the gateway: one line each, as JSON or for people. Secrets are taken out, text of strangers cannot begin a line
 * of its own, and a reader that does not read costs lines, not memory.
 */
export function createLog({ level, format, ring, onLine = toStdout(), color = false }: LogSetup): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      messageKey: 'text',
    },
    { write: (line: string) => onLine(line.endsWith('\n') ? line.slice(0, -1) : line) },
  );
  const write =
    (at: LogLevel): Write =>
    (text, fields = {}) => {
      if (!logger.isLevelEnabled(at)) return;
      const short = shorten(redactText(text), SERVER_LIMITS.log_line_chars);
      const { flow = null, node = null, ...rest } = redactFields(fields) as LogFields;
      const line = { time: new Date().toISOString(), level: at, flow, node, text: short };
      ring?.push(line);
      if (format === 'pretty') onLine(pretty(line, rest, color));
      else
        logger[at]({ ...(flow === null ? {} : { flow }), ...(node === null ? {} : { node }), ...named(rest) }, short);
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    has: at => logger.isLevelEnabled(at),
    setLevel: next => {
      logger.level = next;
    },
  };
}

/** Fields may not take the place of what every line has. */
const named = (rest: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(rest).map(([key, value]) => [RESERVED.has(key) ? `${key}_` : key, value]));
const RESERVED = new Set(['time', 'level', 'text', 'flow', 'node', '__proto__']);

/** `12:00:01.123 warn  [boiler/hot] text key=value` */
function pretty({ time, level, flow, node, text }: Omit<LogLineDto, 'seq'>, rest: object, color: boolean): string {
  const about = flow === null && node === null ? '' : ` [${[flow, node].filter(one => one !== null).join('/')}]`;
  const more = Object.entries(rest).map(([key, value]) => ` ${key}=${JSON.stringify(value) ?? ''}`);
  const label = color ? `\u001b[${COLORS[level]}m${level.padEnd(5)}\u001b[0m` : level.padEnd(5);
  return `${time.slice(11, 23)} ${label}${printable(about)} ${printable(text)}${printable(more.join(''))}`;
}

function toStdout(): (line: string) => void {
  let left_out = 0;
  return line => {
    if (process.stdout.writableLength > SERVER_LIMITS.log_pending_bytes) {
      left_out += 1;
      return;
    }
    if (left_out > 0) process.stdout.write(`{"level":"warn","text":"${left_out} lines of the log were left out"}\n`);
    left_out = 0;
    process.stdout.write(`${line}\n`);
  };
}

export const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  has: () => false,
  setLevel: () => undefined,
};
