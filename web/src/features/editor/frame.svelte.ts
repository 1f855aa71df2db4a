/** How the editor is laid out on this screen; remembered by the browser. */
import { getContext, setContext } from 'svelte';

const STORED = 'fusewire.frame';
/** From this width on, in px, there is room for the inspector beside the canvas. */
const WIDE = 1_600;
const DOCK = { least: 8, preset: 17, most: 45 } as const;
/** Of a low screen the panels take no more than this, until somebody drags them. */
const DOCK_SHARE = 0.3;

interface Kept {
  readonly palette?: boolean;
  readonly inspector?: boolean;
  readonly dock_rem?: number;
}

export class Frame {
  palette = $state(true);
  /** It stays beside the canvas; else it comes over it while something is chosen. */
  inspector = $state(true);
  /** Height of the panels beneath the canvas, in rem. */
  dock_rem = $state<number>(DOCK.preset);
  readonly dock = DOCK;

  constructor() {
    const kept = read();
    this.palette = kept.palette ?? true;
    this.inspector = kept.inspector ?? window.innerWidth >= WIDE;
    this.dock_rem = within(kept.dock_rem ?? Math.min(DOCK.preset, (DOCK_SHARE * window.innerHeight) / rem_px()));
  }

  togglePalette(): void {
    this.palette = !this.palette;
    this.#keep();
  }
  toggleInspector(): void {
    this.inspector = !this.inspector;
    this.#keep();
  }
  resizeDock(rem: number): void {
    const next = within(rem);
    if (next === this.dock_rem) return;
    this.dock_rem = next;
    this.#keep();
  }

  #keep(): void {
    const kept: Kept = { palette: this.palette, inspector: this.inspector, dock_rem: this.dock_rem };
    localStorage.setItem(STORED, JSON.stringify(kept));
  }
}

const within = (rem: number): number =>
  Math.min(DOCK.most, Math.max(DOCK.least, Number.isFinite(rem) ? rem : DOCK.preset));
const rem_px = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

function read(): Kept {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORED) ?? '{}');
    return typeof kept === 'object' && kept !== null ? (kept as Kept) : {};
  } catch {
    return {};
  }
}

const KEY = Symbol('frame');
export const setFrame = (frame: Frame): Frame => setContext(KEY, frame);
export const getFrame = (): Frame => getContext<Frame>(KEY);
