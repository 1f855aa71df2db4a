/** A fused flow carries its graph: the document is read back out of the module. */

const SECTION = 'fusewire.flow';
const HEADER = 8;
const CUSTOM = 0;

/** The document as JSON text; null: no module, or one that is no flow. */
export function flowInside(bytes: Uint8Array): string | null {
  const [a, s, m, w] = [...'\0asm'].map(char => char.charCodeAt(0));
  if (bytes[0] !== a || bytes[1] !== s || bytes[2] !== m || bytes[3] !== w) return null;
  for (let at = HEADER; at < bytes.length; ) {
    const id = bytes[at];
    const size = leb(bytes, at + 1);
    if (!size || size.next + size.value > bytes.length) return null;
    const end = size.next + size.value;
    const name = id === CUSTOM ? leb(bytes, size.next) : null;
    if (name && name.next + name.value <= end) {
      const text = new TextDecoder();
      if (text.decode(bytes.subarray(name.next, name.next + name.value)) === SECTION)
        return documentOf(text.decode(bytes.subarray(name.next + name.value, end)));
    }
    at = end;
  }
  return null;
}

function documentOf(section: string): string | null {
  try {
    const { document } = JSON.parse(section) as { document?: unknown };
    return typeof document === 'string' ? document : document === undefined ? null : JSON.stringify(document);
  } catch {
    // Somebody else's section of that name.
    return null;
  }
}

/** An unsigned LEB128 of 32 bits; null: there is none. */
function leb(bytes: Uint8Array, start: number): { value: number; next: number } | null {
  let value = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if ((byte & 0x80) === 0) return { value, next: start + index + 1 };
  }
  return null;
}
