/** What things cost. One unit of fuel is about one wasm instruction. Fused and unfused charge the same. */
export const FUEL = {
  /** Each `emit`, paid by the emitter. */
  emit: 16,
  /** Each `log`. */
  log: 64,
  /** Bytes moved by emit, log and bulk memory operations per unit of fuel, as a shift: len >> 3. */
  bytes_shift: 3,
  /** memory.grow, per call and per page. */
  grow: 1_000,
  grow_page: 8_192,
  /** call_indirect and calls, beside the callee's own cost. */
  call: 4,
} as const;
