/** Text from strangers, made fit to be shown. */

const TAIL_CHARS = 60;
const NAME_CHARS_MAX = 80;

/** Well-formed, and not longer than `most` UTF-16 units; what is left out in the middle is an ellipsis. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text.toWellFormed();
  const tail = Math.min(TAIL_CHARS, most >> 1);
  // A cut may go through a pair of surrogates.
  return `${text.slice(0, most - tail - 1)}…${text.slice(-tail)}`.toWellFormed();
}

/** A name in quotes, its control characters as escapes, short enough to stand in a sentence. */
export const quoted = (name: string): string => JSON.stringify(shorten(name, NAME_CHARS_MAX));

/** Without what moves a terminal's cursor, changes its colours, or turns the direction of writing. */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, one => `\\u{${one.codePointAt(0)!.toString(16)}}`);
