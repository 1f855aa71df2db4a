/**
 * A production line of cells, simulated. Three tags a cell: temperature (°C), pressure (bar), motor (running or not). The same
 * seed gives the same values; with a fixed start the same bytes.
 */
export interface LineOptions {
  /** Tags in all; the line has as many cells as they need. */
  readonly tags: number;
  readonly seed: number;
  readonly pattern: Pattern;
}
export const PATTERNS = ['boiler', 'sine', 'walk', 'step'] as const;
export type Pattern = (typeof PATTERNS)[number];

export interface LineTag {
  readonly name: string;
  readonly kind: 'double' | 'bool';
  readonly unit: string;
  /** The value after `steps` updates of this tag. */
  next(): number;
}

/** mulberry32. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function simulatedLine(options: LineOptions): LineTag[] {
  return Array.from({ length: options.tags }, (_, index) => {
    const cell = Math.floor(index / 3);
    const name = `line1/cell${String(cell + 1).padStart(2, '0')}`;
    const draw = random(options.seed * 7919 + index);
    if (index % 3 === 0) return analog(`${name}/temp`, '°C', 70, 25, options.pattern, draw);
    if (index % 3 === 1) return analog(`${name}/pressure`, 'bar', 6, 2.5, options.pattern, draw);
    return motor(`${name}/motor`, draw);
  });
}

/** Values are multiples of 1/128, so that they are exact in any format. */
const exact = (value: number): number => Math.round(value * 128) / 128;

function analog(
  name: string,
  unit: string,
  centre: number,
  swing: number,
  pattern: Pattern,
  draw: () => number,
): LineTag {
  let step = Math.floor(draw() * 360);
  let level = 0;
  const next = (): number => {
    step += 1;
    switch (pattern) {
      case 'sine':
        return exact(centre + swing * Math.sin((step * Math.PI) / 180));
      case 'step':
        return exact(centre + (step % 120 < 60 ? -swing : swing));
      case 'walk':
        level = Math.max(-1, Math.min(1, level + (draw() - 0.5) / 10));
        return exact(centre + swing * level);
      case 'boiler': {
        // Heats up, overshoots now and then, cools down; a little noise.
        const phase = (step % 240) / 240;
        const course = phase < 0.7 ? phase / 0.7 : 1 - (phase - 0.7) / 0.3;
        return exact(centre + swing * (2 * course - 1) + (draw() - 0.5) * swing * 0.1);
      }
    }
  };
  return { name, kind: 'double', unit, next };
}

function motor(name: string, draw: () => number): LineTag {
  let running = draw() < 0.8;
  return {
    name,
    kind: 'bool',
    unit: '',
    next: () => {
      if (draw() < 0.01) running = !running;
      return running ? 1 : 0;
    },
  };
}
