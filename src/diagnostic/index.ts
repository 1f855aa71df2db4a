/** The three kinds of errors: diagnostics (data), gateway errors (the world), assertions (ours). Browser-safe. */
export * from './diagnostic.ts';
export * from './gateway-error.ts';
export { printable, quoted, shorten } from './text.ts';
