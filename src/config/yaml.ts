import { Composer, type CST, type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, Parser } from 'yaml';
import { decodeUtf8 } from '#abi';
import { type Diagnostic, finding, type Path, type Place, quoted, showPath } from '#diagnostic';
import { CONFIG_LIMITS } from './limits.ts';

/** A file as data: objects without prototype, lists, strings, numbers, booleans, null. */
export interface YamlFile {
  readonly data: unknown;
  /** Where a value stands, or the nearest thing around it that stands anywhere. */
  placeOf(path: Path): Place;
  /** Where the name of a key stands. */
  placeOfKey(path: Path): Place;
}

/** Keys that mean something else to JavaScript. */
const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const keyOf = (path: Path): string => JSON.stringify(path);

/**
 * Reads YAML 1.2 from outside. Of what YAML can do, a configuration needs little: one document of maps, lists and plain values.
 * Tags, anchors, aliases, directives, merge keys and keys that stand twice are refused.
 */
export function readYaml(bytes: Uint8Array, file: string): YamlFile | { diagnostics: Diagnostic[] } {
  const whole = (message: string, hint: string): { diagnostics: Diagnostic[] } => ({
    diagnostics: [{ ...finding('config-invalid', '$', message, hint), place: { source: file } }],
  });
  if (bytes.length > CONFIG_LIMITS.file_bytes)
    return whole(
      `the file has more than ${CONFIG_LIMITS.file_bytes} bytes, which is the limit`,
      'Is it the right file?',
    );
  const { text, wrongAt } = decodeUtf8(bytes);
  if (wrongAt !== null) return whole(`byte ${wrongAt} begins what is not UTF-8`, 'Save the file as UTF-8.');
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  // Before anything that recurses looks at it.
  if (isTooDeep(tokens))
    return whole(`collections are nested deeper than ${CONFIG_LIMITS.nesting}`, 'See docs/configuration.md.');
  const composer = new Composer({ version: '1.2', schema: 'core', lineCounter: lines });
  const [document, second] = [...composer.compose(tokens, true, text.length)];
  const reader = new Reader(file, lines);
  if (second) reader.report(second.range[0], [], 'a second document begins', 'Keep one document in the file.');
  const data = reader.read(document as Document.Parsed);
  return reader.diagnostics.length > 0 ? { diagnostics: reader.diagnostics } : { ...reader.places(), data };
}

function isTooDeep(tokens: readonly CST.Token[]): boolean {
  const waiting: [token: object, depth: number][] = tokens.map(token => [token, 0]);
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [token, depth] = next;
    const { items, value, key } = token as { items?: object[]; value?: object | null; key?: object | null };
    const within = items ? depth + 1 : depth;
    if (within > CONFIG_LIMITS.nesting) return true;
    for (const one of [...(items ?? []), value, key])
      if (typeof one === 'object' && one !== null) waiting.push([one, within]);
  }
  return false;
}

class Reader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #values = new Map<string, number>();
  readonly #keys = new Map<string, number>();

  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  report(offset: number, path: Path, message: string, hint: string): void {
    const found = finding('config-invalid', showPath(path), message, hint);
    this.diagnostics.push({ ...found, place: this.#place(offset) });
  }

  read(document: Document.Parsed): unknown {
    for (const { message, pos, code } of [...document.errors, ...document.warnings]) {
      const text = code === 'DUPLICATE_KEY' ? 'the key stands twice' : message.split(' at line ')[0]!;
      this.report(pos[0], [], text, code === 'DUPLICATE_KEY' ? 'Remove one of them.' : 'Mend the YAML.');
    }
    if (document.directives?.yaml.explicit)
      this.report(0, [], 'directives are not allowed', 'Remove what begins with %.');
    return this.#value(document.contents, []);
  }

  places(): Pick<YamlFile, 'placeOf' | 'placeOfKey'> {
    const nearest = (offsets: ReadonlyMap<string, number>, path: Path): Place => {
      for (let length = path.length; length > 0; length -= 1) {
        const offset = offsets.get(keyOf(path.slice(0, length)));
        if (offset !== undefined) return this.#place(offset);
      }
      return { source: this.#file };
    };
    return {
      placeOf: path => nearest(this.#values, path),
      placeOfKey: path => nearest(this.#keys, path),
    };
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { source: this.#file, line: Math.max(1, line), column: Math.max(1, col) };
  }

  #value(node: unknown, path: Path): unknown {
    if (node === null || node === undefined) return null;
    const { range, anchor, tag } = node as { range: [number]; anchor?: string; tag?: string };
    const offset = range[0];
    this.#values.set(keyOf(path), offset);
    const refuse = (what: string): null => {
      this.report(offset, path, `${what} are not allowed`, 'Write the value itself.');
      return null;
    };
    if (isAlias(node)) return refuse('aliases');
    if (anchor !== undefined) return refuse('anchors');
    if (tag !== undefined) return refuse('tags');
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item, index) => this.#value(item, [...path, index]));
    return isMap(node) ? this.#map(node.items, path) : refuse('such values');
  }

  #map(items: readonly { key: unknown; value: unknown }[], path: Path): object {
    const result = Object.create(null) as Record<string, unknown>;
    for (const { key, value } of items) {
      const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
      if (!isScalar(key) || typeof key.value !== 'string' || key.anchor !== undefined || key.tag !== undefined) {
        this.report(offset, path, 'a key is not plain text', 'See docs/configuration.md for the keys.');
        continue;
      }
      const inside = [...path, key.value];
      this.#keys.set(keyOf(inside), offset);
      if (REFUSED_KEYS.has(key.value))
        this.report(offset, path, `the key ${quoted(key.value)} is not allowed`, 'Use another key.');
      else result[key.value] = this.#value(value, inside);
      if (!this.#values.has(keyOf(inside))) this.#values.set(keyOf(inside), offset);
    }
    return result;
  }
}
