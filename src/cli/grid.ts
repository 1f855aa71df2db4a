import { printable } from '#diagnostic';
import { colored, screenWidth } from './output.ts';

export const STYLE = { bold: 1, dim: 2, inverse: 7, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof STYLE;

export const paint = (style: Style | null | undefined, text: string, color: boolean): string =>
  color && style ? `\u001b[${STYLE[style]}m${text}\u001b[0m` : text;

/** One column of a table of things. */
export interface Column<T> {
  readonly title: string;
  readonly of: (row: T) => string;
  readonly right?: true;
  /** Gives room when the terminal is narrow. */
  readonly shrinks?: true;
  /** Goes altogether when the terminal is narrow; the last one first. */
  readonly goes?: true;
  readonly style?: (row: T) => Style | null;
}
export interface GridOptions {
  /** Columns of the terminal; default: as wide as it takes where there is none. */
  readonly width?: number;
  readonly color?: boolean;
  /** This row stands out. */
  readonly selected?: number;
}

const GAP = '  ';
const SHRUNK = 6;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;

/** Columns of a terminal that a text takes. */
export function widthOf(text: string): number {
  // Most texts are plain: no walk over their characters.
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += /\p{M}/u.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}

/** Not wider than `most`; what was cut off is an ellipsis. */
export function clip(text: string, most: number): string {
  if (widthOf(text) <= most) return text;
  let width = 0;
  let kept = '';
  for (const char of text) {
    width += widthOf(char);
    if (width > most - 1) break;
    kept += char;
  }
  return most > 0 ? `${kept}…` : '';
}

const fill = (text: string, width: number, right: boolean): string => {
  const room = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? room + text : text + room;
};

/** A table for people: what strangers wrote is made printable, long cells give way where the terminal is narrow. */
export function gridLines<T>(all: readonly Column<T>[], rows: readonly T[], options: GridOptions = {}): string[] {
  const { width = screenWidth(), color = colored(process.stdout), selected } = options;
  const columns = fitting(all, rows, width);
  const cells = rows.map(row => columns.map(column => printable(column.of(row))));
  const widths = columns.map(({ title }, i) => Math.max(widthOf(title), ...cells.map(row => widthOf(row[i]!))));
  let over = widths.reduce((sum, one) => sum + one, GAP.length * (columns.length - 1)) - width;
  for (let i = columns.length - 1; i >= 0 && over > 0; i -= 1) {
    if (!columns[i]!.shrinks) continue;
    const given = Math.min(over, Math.max(0, widths[i]! - SHRUNK));
    widths[i]! -= given;
    over -= given;
  }
  const line = (texts: readonly string[], styleOf: (i: number) => Style | null): string => {
    let room = width;
    const parts: string[] = [];
    for (let i = 0; i < texts.length && room > 0; i += 1) {
      const shown = clip(fill(clip(texts[i]!, widths[i]!), widths[i]!, columns[i]!.right === true), room);
      room -= widths[i]! + GAP.length;
      const last = (i === texts.length - 1 || room <= 0) && columns[i]!.right !== true;
      parts.push(paint(styleOf(i), last ? shown.trimEnd() : shown, color));
    }
    return parts.join(GAP).trimEnd();
  };
  return [
    line(
      columns.map(column => column.title),
      () => 'bold',
    ),
    ...rows.map((row, at) => {
      const text = line(cells[at]!, i => (at === selected ? null : (columns[i]!.style?.(row) ?? null)));
      // Not a colour: without it one would not see where one is.
      return at === selected ? paint('inverse', fill(text, Math.min(width, 1_000), false), true) : text;
    }),
  ];
}

/** Without the columns that there is no room for. */
function fitting<T>(columns: readonly Column<T>[], rows: readonly T[], width: number): readonly Column<T>[] {
  const widths = columns.map(one => Math.max(widthOf(one.title), ...rows.map(row => widthOf(printable(one.of(row))))));
  let over = widths.reduce((sum, one) => sum + one + GAP.length, -GAP.length) - width;
  const gone = new Set<Column<T>>();
  for (let i = columns.length - 1; i >= 0 && over > 0; i -= 1) {
    if (!columns[i]!.goes) continue;
    gone.add(columns[i]!);
    over -= widths[i]! + GAP.length;
  }
  return columns.filter(one => !gone.has(one));
}

export const grid = <T>(columns: readonly Column<T>[], rows: readonly T[], options?: GridOptions): string =>
  gridLines(columns, rows, options).join('\n');
