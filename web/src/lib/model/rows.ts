/** Of many rows of one height those that are seen, and some more, so that scrolling shows no holes. */
export interface RowWindow {
  readonly from: number;
  /** Behind the last. */
  readonly to: number;
  /** Pixels that the rows before and behind take. */
  readonly before: number;
  readonly behind: number;
}
const SPARE = 10;

export function rowsSeen(count: number, row_px: number, top_px: number, height_px: number): RowWindow {
  const first = Math.floor(top_px / row_px) - SPARE;
  const seen = Math.ceil(height_px / row_px) + 2 * SPARE;
  const from = Math.max(0, Math.min(first, count - seen));
  const to = Math.min(count, Math.max(0, first) + seen);
  return { from, to: Math.max(from, to), before: from * row_px, behind: (count - Math.max(from, to)) * row_px };
}
