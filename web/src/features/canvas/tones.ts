/** One colour for each way of standing out, the same on nodes and wires. */
import type { FrameColour } from '../../lib/model/layout.ts';
import type { Tone } from '../editor/editor.svelte.ts';

export const TONE_COLOURS: Readonly<Record<Tone, string>> = {
  added: 'var(--ok)',
  removed: 'var(--bad)',
  changed: 'var(--warn)',
  fault: 'var(--bad)',
  active: 'var(--accent)',
  done: 'var(--info)',
};
export const FRAME_COLOUR: Readonly<Record<FrameColour, string>> = {
  grey: 'var(--text-3)',
  teal: 'var(--accent)',
  blue: 'var(--info)',
  amber: 'var(--warn)',
  red: 'var(--bad)',
  violet: 'var(--kind-message)',
};
/** From cool to hot, by the share of what the flow burns. */
export const heat = (share: number): string =>
  `color-mix(in oklab, var(--bad) ${Math.round(Math.min(1, share * 1.6) * 100)}%, var(--warn))`;
