const DELAY_MS = 500;
let isDue = false;

/**
 * A worker that is gone leaves its rings, checkpoints and machine code, tens of megabytes that V8 hardly counts: by itself it
 * would look for them a hundred swaps later. Needs `--expose-gc` (bin/fusewire); without it memory comes back late.
 */
export function reclaimSoon(): void {
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    void globalThis.gc?.({ type: 'major', execution: 'async' });
  }, DELAY_MS).unref();
}
