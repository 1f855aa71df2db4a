import { type Diagnostic, formatDiagnostics, GatewayError, printable } from '#diagnostic';

/** Exit codes of every command. */
export const EXIT = { ok: 0, flowWrong: 1, usage: 2, world: 3 } as const;

export const colored = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY === true && !process.env['NO_COLOR'] && !process.argv.includes('--no-color');
/** Columns of the terminal; where there is none, nothing is cut. */
export const screenWidth = (): number =>
  process.stdout.isTTY === true ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
export const print = (text: string): void => void process.stdout.write(`${text}\n`);
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));
export const complain = (text: string): void => void process.stderr.write(`${text}\n`);

/** Prints findings where a command expects none. */
export function printFindings(diagnostics: readonly Diagnostic[], file: string): void {
  complain(formatDiagnostics(diagnostics, file, colored(process.stderr)));
}

/** Bytes for people. */
export const bytes = (count: number): string =>
  count < 1024
    ? `${count} B`
    : count < 1024 ** 2
      ? `${(count / 1024).toFixed(1)} KiB`
      : `${(count / 1024 ** 2).toFixed(1)} MiB`;

/** Numbers for people, thousands apart. */
export const number = (value: number): string => Math.round(value).toLocaleString('en-US');

/** The same of what may not be known. */
export const numberOr = (value: number | null): string => (value === null ? '–' : number(value));

/** So many a second: small rates are worth a decimal. */
export const rate = (value: number): string =>
  value > 0 && value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US');

/** A time of the API for people: theirs, to the second. */
export const localTime = (time: string): string => new Date(time).toLocaleString('sv-SE');

/** A hash or an id that nobody types. */
export const short = (id: string): string => (id.length > 16 ? `${id.slice(0, 12)}…` : id);

/** `3 d 4 h`, the two greatest units. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3_600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  const shown = parts.slice(first < 0 ? 3 : first, (first < 0 ? 3 : first) + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ') || '0 s';
}

/** Columns aligned, numbers to the right. Cells may be of strangers. */
export function table(header: readonly string[], cells: readonly (readonly string[])[]): string {
  const rows = cells.map(row => row.map(printable));
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)));
  const numeric = header.map((_, column) => rows.every(row => /^[\d,.\s–-]*$/.test(row[column] ?? '')));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (numeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd();
  return [line(header), ...rows.map(line)].join('\n');
}

export const errorLine = ({ code, message }: GatewayError): string => printable(`error[${code}]: ${message}`);

/** The world's failures end a command with code 3 and one line; our own bugs keep their stack. */
export function fail(error: unknown): never {
  if (!(error instanceof GatewayError)) throw error;
  complain(errorLine(error));
  process.exit(EXIT.world);
}
