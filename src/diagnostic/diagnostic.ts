import { printable, shorten } from './text.ts';

/** Codes of everything `flow` and `fusion` can find; docs/errors.md explains each under a heading of its own. */
export const FLOW_CODES = [
  'document-invalid',
  'document-too-large',
  'document-too-deep',
  'duplicate-id',
  'unknown-node-type',
  'hash-not-found',
  'unknown-node',
  'unknown-port',
  'port-type-mismatch',
  'too-many-ports',
  'duplicate-wire',
  'cycle',
  'no-source',
  'unreachable-node',
  'unconnected-input',
  'unconnected-output',
  'invalid-props',
  'limit-exceeded',
  'node-not-wasm',
  'node-feature-refused',
  'node-import-unknown',
  'node-export-missing',
  'node-limit',
  'node-manifest-missing',
  'node-manifest-invalid',
] as const;
/** Codes of everything `config` can find. */
export const CONFIG_CODES = [
  'config-invalid',
  'config-unknown-key',
  'config-unknown-variable',
  'exposed-without-auth',
  'ingest-exposed',
] as const;
/** Codes of what comes of running a flow on given messages. */
export const TRIAL_CODES = ['test-failed', 'try-stopped'] as const;
export const DIAGNOSTIC_CODES = [...FLOW_CODES, ...CONFIG_CODES, ...TRIAL_CODES] as const;
export type DiagnosticCode = (typeof DIAGNOSTIC_CODES)[number];

/** What a user did wrong, as data. All findings are reported together, never thrown. */
export interface Diagnostic {
  /** Kebab-case; the heading in docs/errors.md, and the folder of its test case. */
  readonly code: DiagnosticCode;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** JSON path into the document, e.g. `$.nodes[2].props.op`; `$` for the whole. */
  readonly where: string;
  /** What to do about it. */
  readonly hint: string;
  /** Where that is in a text, when the path alone would be hard to find. */
  readonly place?: Place;
}
export interface Place {
  /** A file, `environment` or `command line`. */
  readonly source: string;
  /** From 1; only of a file. */
  readonly line?: number;
  /** From 1, in UTF-16 units. */
  readonly column?: number;
}

/** UTF-16 units of each text of a finding: findings quote what a stranger wrote, and there may be many. */
const TEXT_CHARS_MAX = 500;

export const finding = (
  code: DiagnosticCode,
  where: string,
  message: string,
  hint: string,
  severity: Diagnostic['severity'] = 'error',
): Diagnostic => ({
  code,
  severity,
  where: shorten(where, TEXT_CHARS_MAX),
  message: shorten(message, TEXT_CHARS_MAX),
  hint: shorten(hint, TEXT_CHARS_MAX),
});

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(diagnostic => diagnostic.severity === 'error');

/** Not more than `most`: errors go before warnings, and a last finding says that there are more. */
export function atMost(diagnostics: readonly Diagnostic[], most: number): Diagnostic[] {
  if (diagnostics.length <= most) return [...diagnostics];
  const errors = diagnostics.filter(one => one.severity === 'error');
  const kept = (errors.length > 0 ? errors : diagnostics).slice(0, most);
  const more = `there are more findings; ${kept.length} are shown`;
  return [...kept, finding('limit-exceeded', '$', more, 'Mend these first.', kept[0]!.severity)];
}

/** `fusewire.yaml:3:5` */
export const showPlace = ({ source, line, column }: Place): string =>
  line === undefined ? source : `${source}:${line}:${column}`;

/** Findings as a compiler prints them: place, severity, code, text, and the hint on a line of its own. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], file: string, color: boolean): string {
  const paint = (code: number, text: string): string => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const lines = diagnostics.flatMap(({ code, severity, message, where, hint, place }) => [
    `${paint(1, printable(`${place ? showPlace(place) : file}: ${where}`))}: ${paint(severity === 'error' ? 31 : 33, `${severity}[${code}]`)}: ${printable(message)}`,
    `  ${paint(36, 'hint')}: ${printable(hint)}`,
  ]);
  const errors = diagnostics.filter(diagnostic => diagnostic.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
  return [...lines, `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`].join('\n');
}
