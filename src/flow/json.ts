import { visit } from 'jsonc-parser';
import { DOCUMENT_LIMITS } from '#abi';
import type { Diagnostic, DiagnosticCode } from '#diagnostic';

const finding = (code: DiagnosticCode, where: string, message: string, hint: string): Diagnostic => ({
  code,
  severity: 'error',
  where,
  message,
  hint,
});

type Path = readonly (string | number)[];

/** `$.nodes[2].props`: a path as findings show it. */
export const showPath = (path: Path): string =>
  `$${path.map(part => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')}`;

/**
 * Reads JSON from outside: size, nesting, syntax, and what JSON allows but readers disagree on (keys twice, numbers that do
 * not survive, broken Unicode). What it returns has a canonical form.
 */
export function readJson(text: string): { data: unknown } | { diagnostics: Diagnostic[] } {
  const outsized = checkSize(text);
  if (outsized) return { diagnostics: [outsized] };
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    const message = `not JSON: ${(error as Error).message}`;
    return {
      diagnostics: [finding('document-invalid', '$', message, 'Mend the JSON; the message names the place.')],
    };
  }
  const diagnostics = ambiguities(text);
  return diagnostics.length > 0 ? { diagnostics } : { data };
}

/** Before anything is parsed. */
function checkSize(text: string): Diagnostic | null {
  // UTF-16 units never outnumber UTF-8 bytes, so this refuses only what is too large.
  if (text.length > DOCUMENT_LIMITS.document_bytes) {
    return finding(
      'document-too-large',
      '$',
      `the document has more than ${DOCUMENT_LIMITS.document_bytes} bytes, which is the limit`,
      'Split the flow, or move data out of props.',
    );
  }
  const depth = nesting(text);
  if (depth <= DOCUMENT_LIMITS.nesting) return null;
  return finding(
    'document-too-deep',
    '$',
    `the document is nested ${depth} deep; the limit is ${DOCUMENT_LIMITS.nesting}`,
    'Flatten the props.',
  );
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
  const report = (path: Path, message: string, hint: string): void => {
    if (found.length < DOCUMENT_LIMITS.findings) found.push(finding('document-invalid', showPath(path), message, hint));
  };
  visit(text, {
    onObjectBegin: () => void keys.push(new Set()),
    onObjectEnd: () => void keys.pop(),
    onObjectProperty: (name, _offset, _length, _line, _character, path) => {
      const seen = keys.at(-1)!;
      if (seen.has(name)) report([...path(), name], `the key "${name}" stands twice`, 'Remove one of them.');
      seen.add(name);
      if (name === '__proto__') report(path(), 'the key "__proto__" is not allowed', 'Use another key.');
      if (!name.isWellFormed()) report(path(), 'a key is not well-formed Unicode', 'Remove the lone surrogate.');
    },
    onLiteralValue: (value, offset, length, _line, _character, path) => {
      if (typeof value === 'string' && !value.isWellFormed())
        report(path(), 'the text is not well-formed Unicode', 'Remove the lone surrogate.');
      const written = typeof value === 'number' ? text.slice(offset, offset + length) : '';
      if (written && !survives(written, value as number))
        report(
          path(),
          `the number ${written.slice(0, 40)} would become ${value}`,
          'Use a number that a double can hold.',
        );
    },
  });
  return found;
}

/** Whether a number stays what was written: finite, and whole when it is written as a whole number. */
const survives = (written: string, value: number): boolean =>
  Number.isFinite(value) && (!/^-?\d+$/.test(written) || BigInt(written) === BigInt(value));
