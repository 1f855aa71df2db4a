import { visit } from 'jsonc-parser';
import { DOCUMENT_LIMITS, decodeUtf8 } from '#abi';
import { atMost, type Diagnostic, finding, type Path, quoted, shorten, showPath } from '#diagnostic';

/** Of a number that is shown. */
const NUMBER_CHARS_MAX = 80;

/**
 * Reads JSON from outside: size, encoding, nesting, syntax, and what JSON allows but readers disagree on (keys twice, numbers
 * that do not survive, broken Unicode). What it returns has a canonical form.
 */
export function readJson(
  source: string | Uint8Array,
  bytes_max: number = DOCUMENT_LIMITS.document_bytes,
): { data: unknown } | { diagnostics: Diagnostic[] } {
  const decoded = decode(source, bytes_max);
  if (typeof decoded !== 'string') return { diagnostics: [decoded] };
  const deep = checkNesting(decoded);
  if (deep) return { diagnostics: [deep] };
  let data: unknown;
  try {
    data = JSON.parse(decoded);
  } catch (error) {
    const message = `not JSON: ${(error as Error).message}`;
    return {
      diagnostics: [finding('document-invalid', '$', message, 'Mend the JSON; the message names the place.')],
    };
  }
  const diagnostics = ambiguities(decoded);
  return diagnostics.length > 0 ? { diagnostics: atMost(diagnostics, DOCUMENT_LIMITS.findings) } : { data };
}

/** Size and encoding, before anything is parsed. */
function decode(source: string | Uint8Array, bytes_max: number): string | Diagnostic {
  // UTF-16 units never outnumber UTF-8 bytes: what has too many of them need not be encoded to be counted.
  if (source.length > bytes_max) return tooLarge(bytes_max);
  if (typeof source === 'string')
    return new TextEncoder().encode(source).length > bytes_max ? tooLarge(bytes_max) : withoutMark(source);
  const { text, wrongAt } = decodeUtf8(source);
  if (wrongAt === null) return withoutMark(text);
  return finding('document-invalid', '$', `byte ${wrongAt} begins what is not UTF-8`, 'Save the document as UTF-8.');
}

const tooLarge = (bytes_max: number): Diagnostic =>
  finding(
    'document-too-large',
    '$',
    `the document has more than ${bytes_max} bytes, which is the limit`,
    'Split the flow, or move data out of props.',
  );

/** Some editors put a byte order mark first; JSON says that there is none, and readers differ. */
const withoutMark = (text: string): string | Diagnostic =>
  text.startsWith('\ufeff')
    ? finding('document-invalid', '$', 'a byte order mark stands first', 'Save the document as UTF-8 without BOM.')
    : text;

function checkNesting(text: string): Diagnostic | null {
  const depth = nesting(text);
  if (depth <= DOCUMENT_LIMITS.nesting) return null;
  const message = `the document is nested ${depth} deep; the limit is ${DOCUMENT_LIMITS.nesting}`;
  return finding('document-too-deep', '$', message, 'Flatten the props.');
}

/** Deepest nesting of brackets outside of strings. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 0x5c) i += 1;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return deepest;
}

/** Findings on a text that JSON.parse takes. */
function ambiguities(text: string): Diagnostic[] {
  const found: Diagnostic[] = [];
  const keys: Set<string>[] = [];
  const report = (path: () => Path, message: string, hint: string): void => {
    if (found.length <= DOCUMENT_LIMITS.findings)
      found.push(finding('document-invalid', showPath(path()), message, hint));
  };
  visit(text, {
    onObjectBegin: () => void keys.push(new Set()),
    onObjectEnd: () => void keys.pop(),
    onObjectProperty: (name, _offset, _length, _line, _character, path) => {
      const seen = keys.at(-1)!;
      if (seen.has(name))
        report(() => [...path(), name], `the key ${quoted(name)} stands twice`, 'Remove one of them.');
      seen.add(name);
      if (name === '__proto__') report(path, 'the key "__proto__" is not allowed', 'Use another key.');
      if (!name.isWellFormed()) report(path, 'a key is not well-formed Unicode', 'Remove the lone surrogate.');
    },
    onLiteralValue: (value, offset, length, _line, _character, path) => {
      if (typeof value === 'string' && !value.isWellFormed())
        report(path, 'the text is not well-formed Unicode', 'Remove the lone surrogate.');
      const written = typeof value === 'number' ? text.slice(offset, offset + length) : '';
      if (written && !survives(written, value as number))
        report(
          path,
          `the number ${shorten(written, NUMBER_CHARS_MAX)} would become ${value}`,
          'Use a number that a double can hold.',
        );
    },
  });
  return found;
}

/** Whether a number stays what was written: finite, not lost in zero, and whole when it is written as a whole number. */
function survives(written: string, value: number): boolean {
  if (value === 0) return !/^[^eE]*[1-9]/.test(written);
  return Number.isFinite(value) && (!/^-?\d+$/.test(written) || BigInt(written) === BigInt(value));
}
