/** The simulated driver: a production line that pushes tag updates over nng. */
export { PATTERNS, type Pattern } from './line.ts';
export { FrameWriter, SIMULATE_DEFAULTS, type SimulateOptions, simulate } from './simulate.ts';
