/** How this browser shows canvases. */
const STORED = 'fusewire.canvas';
/** On narrower screens, in px, the map would cover what it shows. */
const WIDE = 1_600;

class View {
  snap = $state(true);
  minimap = $state(true);
  /** The left button moves the canvas instead of choosing. */
  hand = $state(false);

  constructor() {
    const { snap, minimap, hand } = read();
    this.snap = snap !== false;
    this.minimap = typeof minimap === 'boolean' ? minimap : window.innerWidth >= WIDE;
    this.hand = hand === true;
  }

  toggle(what: 'snap' | 'minimap' | 'hand'): void {
    this[what] = !this[what];
    const { snap, minimap, hand } = this;
    localStorage.setItem(STORED, JSON.stringify({ snap, minimap, hand }));
  }
}

function read(): { snap?: unknown; minimap?: unknown; hand?: unknown } {
  try {
    return (JSON.parse(localStorage.getItem(STORED) ?? '{}') ?? {}) as object;
  } catch {
    // Not ours: as if nothing were stored.
    return {};
  }
}

export const view = new View();
