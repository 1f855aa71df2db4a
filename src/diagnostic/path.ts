import { quoted, shorten } from './text.ts';

/** The way to a value in a document. */
export type Path = readonly (string | number)[];

const PART_CHARS_MAX = 80;

/** `$.nodes[2].props["a b"]`: a path as findings show it. */
export const showPath = (path: Path): string => `$${path.map(showPart).join('')}`;

function showPart(part: string | number): string {
  if (typeof part === 'number') return `[${part}]`;
  const shown = shorten(part, PART_CHARS_MAX);
  return /^[A-Za-z_$][\w$…-]*$/.test(shown) ? `.${shown}` : `[${quoted(shown)}]`;
}
