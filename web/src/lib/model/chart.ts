/** Points that come one by one, as columns for a chart. */
export interface Timed {
  readonly at_ms: number;
}
/** Seconds since the epoch, then the values of each line; null: nothing is known. */
export type Columns = [number[], ...(number | null)[][]];

/** Points come each second. Where none came for so long, the gateway was away: the line ends and begins anew. */
export const GAP_MS = 3_500;
/** Spans that a chart has: it begins short, so that a line is seen soon, and grows with what is known. */
const SPANS_S = [60, 120, 300, 600] as const;

/** @param lines each the value of a point, which also gets the one before it, if there was no gap */
export function columnsOf<P extends Timed>(
  points: readonly P[],
  lines: readonly ((point: P, before: P | null) => number | null)[],
  gap_ms = GAP_MS,
): Columns {
  const at: number[] = [];
  const values: (number | null)[][] = lines.map(() => []);
  const add = (at_ms: number, given: (line: (typeof lines)[number]) => number | null): void => {
    at.push(at_ms / 1_000);
    for (const [index, line] of lines.entries()) values[index]!.push(given(line));
  };
  let before: P | null = null;
  for (const point of points) {
    if (before && point.at_ms - before.at_ms > gap_ms) {
      add((before.at_ms + point.at_ms) / 2, () => null);
      before = null;
    }
    const known = before;
    add(point.at_ms, line => line(point, known));
    before = point;
  }
  return [at, ...values];
}

/** How much a counter has grown; one that went back has begun anew. */
export const increase = (before: number | undefined, now: number): number =>
  before === undefined || now < before ? 0 : now - before;

/** What a chart shows, in seconds: its end is the last point. */
export function spanOf(columns: Columns): number {
  const [at] = columns;
  const known = (at.at(-1) ?? 0) - (at[0] ?? 0);
  return SPANS_S.find(span => known <= span) ?? SPANS_S.at(-1)!;
}

/** An upper end for an axis, so that the highest value has some room and small changes do not move it. */
export function ceiling(highest: number): number {
  if (!(highest > 0)) return 1;
  const step = 10 ** Math.floor(Math.log10(highest));
  const nice = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find(one => one * step >= highest * 1.05);
  return (nice ?? 15) * step;
}
