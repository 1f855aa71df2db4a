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

/** Frees the memory of bytes that nobody looks at any more: a collection would, megabytes later. They are empty from here on. */
export function giveBack(bytes: Uint8Array): void {
  if (bytes.buffer instanceof ArrayBuffer) bytes.buffer.transfer(0);
}
