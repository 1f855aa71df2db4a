// A byte order mark is a character like any other: what is read must be written again.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** Text with U+FFFD in place of what is not UTF-8, and the byte where that begins; null: all is UTF-8. */
export function decodeUtf8(bytes: Uint8Array): { text: string; wrongAt: number | null } {
  const text = decoder.decode(bytes);
  const again = encoder.encode(text);
  let at = 0;
  while (at < bytes.length && bytes[at] === again[at]) at += 1;
  if (at === bytes.length && at === again.length) return { text, wrongAt: null };
  // What differs lies within the replacement character, which may share its first bytes with what it replaces.
  while ((again[at]! & 0xc0) === 0x80) at -= 1;
  return { text, wrongAt: at };
}
