/** The lines of a log that a page holds: each once, oldest first, not too many. */
import type { Shapes } from '../api/client.ts';

export type LogLine = Shapes['LogLine'];
export type LogLevel = LogLine['level'];
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];
/** Lines that are held; beyond it the oldest go. */
export const LINES_MOST = 4_000;

export type Entry =
  | { readonly kind: 'line'; readonly key: string; readonly line: LogLine }
  /** So many lines are missing before the next. */
  | { readonly kind: 'gap'; readonly key: string; readonly lost: number };

/** Lines are numbered from 1 after each start of the gateway: the time tells them apart. */
const keyOf = ({ seq, time }: LogLine): string => `${time} ${seq}`;
const isBehind = (a: LogLine, b: LogLine): boolean => a.time > b.time || (a.time === b.time && a.seq > b.seq);

export class LogBuffer {
  readonly entries: readonly Entry[];
  /** Lines that went because there were too many. */
  readonly left: number;
  readonly #known: ReadonlySet<string>;

  constructor(entries: readonly Entry[] = [], left = 0) {
    this.entries = entries;
    this.left = left;
    this.#known = new Set(entries.map(entry => entry.key));
  }

  /** @param lost lines that came before these and are not among them */
  with(lines: readonly LogLine[], lost = 0): LogBuffer {
    const fresh = lines.filter(line => !this.#known.has(keyOf(line)));
    if (fresh.length === 0) return this;
    const added: Entry[] = fresh.map(line => ({ kind: 'line', key: keyOf(line), line }));
    if (lost > 0) added.unshift({ kind: 'gap', key: `gap ${keyOf(fresh[0]!)}`, lost });
    const last = this.entries.findLast(entry => entry.kind === 'line');
    const isInOrder = last?.kind !== 'line' || isBehind(fresh[0]!, last.line);
    const all = isInOrder ? [...this.entries, ...added] : merged(this.entries, added);
    const tooMany = Math.max(0, all.length - LINES_MOST);
    return new LogBuffer(all.slice(tooMany), this.left + tooMany);
  }
}

/** Both in order; a gap stays before the line that it was before. */
function merged(known: readonly Entry[], added: readonly Entry[]): Entry[] {
  const lineBehind = (entries: readonly Entry[], at: number): LogLine | null => {
    for (let next = at; next < entries.length; next += 1) {
      const entry = entries[next]!;
      if (entry.kind === 'line') return entry.line;
    }
    return null;
  };
  const all: Entry[] = [];
  let [a, b] = [0, 0];
  while (a < known.length || b < added.length) {
    const [left, right] = [lineBehind(known, a), lineBehind(added, b)];
    if (right === null || (left !== null && !isBehind(left, right))) all.push(known[a++] ?? added[b++]!);
    else all.push(added[b++]!);
  }
  return all;
}

export interface LogFilter {
  /** This one and those above. */
  readonly level: LogLevel;
  /** null: all, also lines of no flow. */
  readonly flow: string | null;
  readonly text: string;
}

/** Gaps stay, whatever is looked for: what is missing may have been it. */
export function filtered(entries: readonly Entry[], { level, flow, text }: LogFilter): Entry[] {
  const least = LOG_LEVELS.indexOf(level);
  const wanted = text.trim().toLowerCase();
  return entries.filter(entry => {
    if (entry.kind === 'gap') return true;
    const { line } = entry;
    if (LOG_LEVELS.indexOf(line.level) < least || (flow !== null && line.flow !== flow)) return false;
    return (
      wanted === '' || [line.text, line.node, line.flow].some(part => part?.toLowerCase().includes(wanted) ?? false)
    );
  });
}

/** For a mail or a ticket: one line each. */
export const asText = (entries: readonly Entry[]): string =>
  entries
    .map(entry =>
      entry.kind === 'gap'
        ? `… ${entry.lost}`
        : [entry.line.time, entry.line.level.toUpperCase().padEnd(5), entry.line.flow, entry.line.node, entry.line.text]
            .filter(Boolean)
            .join(' '),
    )
    .join('\n');
