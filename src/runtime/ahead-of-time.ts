/**
 * V8 flags of a process that runs flows: machine code before the first record. All functions are compiled when the module is,
 * by the optimising compiler, without a baseline first. V8's own inlining needs the baseline's feedback and aborts without it;
 * Binaryen has inlined already. They must stand on the command line (bin/fusewire): set later, they contradict what V8 has
 * compiled by then, and abort the process.
 */
export const AHEAD_OF_TIME_FLAGS = ['--no-liftoff', '--no-wasm-lazy-compilation', '--no-wasm-inlining'] as const;
