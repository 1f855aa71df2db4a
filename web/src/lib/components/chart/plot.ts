/** A uPlot in an element: as large as the element, drawn at most twice a second, gone when it is ended. */
import type uPlot from 'uplot';
import { type Columns, ceiling, spanOf } from '../../model/chart.ts';

export interface Line {
  readonly label: string;
  /** A colour of app.css, without `--`. */
  readonly colour: string;
  /** Filled down to zero. */
  readonly filled?: boolean;
  readonly dashed?: boolean;
}
export interface PlotSetup {
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  readonly time: (seconds: number) => string;
  /** Upper end of the axis; without it as high as the values are. */
  readonly most?: number | undefined;
  /** Whether the times stand below. */
  readonly hasTimes: boolean;
  /** Charts of one group have their cursor at the same moment. */
  readonly group: string;
  /** Index of the point under the cursor; null: none. */
  readonly onPoint: (index: number | null) => void;
}
const REDRAW_MS = 500;
/** Times stand at whole minutes. */
const MINUTES_S = [60, 120, 300, 600];

export class Plot {
  readonly #plot: uPlot;
  readonly #sizes: ResizeObserver;
  #waiting: Columns | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawn_ms = Number.NEGATIVE_INFINITY;

  constructor(UPlot: typeof uPlot, holder: HTMLElement, setup: PlotSetup, data: Columns) {
    this.#plot = new UPlot(optionsOf(UPlot, holder, setup), data as uPlot.AlignedData, holder);
    this.#drawn_ms = performance.now();
    this.#sizes = new ResizeObserver(() => this.#plot.setSize(sizeOf(holder)));
    this.#sizes.observe(holder);
  }

  show(data: Columns): void {
    this.#waiting = data;
    const wait_ms = this.#drawn_ms + REDRAW_MS - performance.now();
    if (wait_ms <= 0) this.#draw();
    else this.#timer ??= setTimeout(() => this.#draw(), wait_ms);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#sizes.disconnect();
    this.#plot.destroy();
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#waiting) return;
    this.#plot.setData(this.#waiting as uPlot.AlignedData);
    this.#waiting = null;
    this.#drawn_ms = performance.now();
  }
}

const sizeOf = (holder: HTMLElement): { width: number; height: number } => ({
  width: Math.max(holder.clientWidth, 40),
  height: Math.max(holder.clientHeight, 24),
});

/** Both ends of an axis, and its middle where there is room: a low chart says at least how high it is. */
const MIDDLE_PX = 80;
const endsOf = ({ over }: uPlot, _: number, min: number, max: number): number[] =>
  over.clientHeight < MIDDLE_PX ? [min, max] : [min, (min + max) / 2, max];

function optionsOf(
  UPlot: typeof uPlot,
  holder: HTMLElement,
  { lines, format, time, most, hasTimes, group, onPoint }: PlotSetup,
): uPlot.Options {
  const style = getComputedStyle(holder);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const em = Number.parseFloat(style.fontSize);
  const axis = {
    stroke: colour('text-3'),
    font: `${Math.round(em * 0.82)}px ${style.fontFamily}`,
    grid: { stroke: colour('border'), width: 1 },
    ticks: { show: false },
    gap: 4,
  };
  return {
    ...sizeOf(holder),
    padding: [Math.round(em * 0.6), Math.round(em * 0.6), hasTimes ? 0 : 4, 0],
    legend: { show: false },
    cursor: {
      sync: { key: UPlot.sync(group).key, setSeries: false },
      drag: { x: false, y: false },
      points: { size: 5 },
    },
    scales: {
      x: { time: true, range: ({ data }, _, max) => [max - spanOf(data as Columns), max] },
      y: { range: (_, __, max) => [0, most ?? ceiling(max)] },
    },
    axes: [
      {
        ...axis,
        size: hasTimes ? Math.round(em * 1.3) : 0,
        incrs: MINUTES_S,
        space: em * 5,
        values: (_, at) => at.map(hasTimes ? time : () => ''),
      },
      { ...axis, size: Math.round(em * 3.6), splits: endsOf, values: (_, at) => at.map(format) },
    ],
    series: [
      {},
      ...lines.map(line => ({
        label: line.label,
        stroke: colour(line.colour),
        width: 1.5,
        points: { show: false },
        ...(line.filled && { fill: `${colour(line.colour)}22` }),
        ...(line.dashed && { dash: [4, 3] }),
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
  };
}
