/** The three kinds of errors: diagnostics (data), gateway errors (the world), assertions (ours). Browser-safe. */
export { closest } from './closest.ts';
export * from './diagnostic.ts';
export * from './gateway-error.ts';
export { type Path, showPath } from './path.ts';
export { printable, quoted, shorten } from './text.ts';
