/** A place on the canvas. */
export interface Point {
  readonly x: number;
  readonly y: number;
}
