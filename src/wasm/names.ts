import { ByteReader, ByteWriter, MalformedWasm } from './bytes.ts';

const FUNCTION_NAMES = 1;
const NAME_CHARS_MAX = 200;

/** Function names of a `name` section's content. A damaged section has no names: it is only for people. */
export function functionNames(content: Uint8Array | null): Map<number, string> {
  const names = new Map<number, string>();
  if (!content) return names;
  const reader = new ByteReader(content);
  try {
    while (!reader.done) {
      const id = reader.u8();
      const size = reader.u32();
      const end = reader.pos + size;
      if (id === FUNCTION_NAMES) {
        const count = reader.u32();
        for (let i = 0; i < count; i += 1) names.set(reader.u32(), reader.name().slice(0, NAME_CHARS_MAX));
      }
      reader.pos = end;
    }
  } catch (error) {
    if (!(error instanceof MalformedWasm)) throw error;
  }
  return names;
}

/** Appends a `name` section with function names. */
export function writeNameSection(out: ByteWriter, names: ReadonlyMap<number, string>): void {
  const map = new ByteWriter().u32(names.size);
  for (const [index, name] of [...names].sort((a, b) => a[0] - b[0])) map.u32(index).name(name);
  const content = new ByteWriter().name('name').u8(FUNCTION_NAMES).sized(map);
  out.u8(0).sized(content);
}

/** The module with a custom section appended. */
export function withCustomSection(bytes: Uint8Array, name: string, content: Uint8Array): Uint8Array {
  const section = new ByteWriter().name(name).raw(content);
  return new ByteWriter(bytes.length + section.length + 16).raw(bytes).u8(0).sized(section).finish();
}
