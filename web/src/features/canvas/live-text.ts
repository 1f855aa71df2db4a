/** What a wire has carried last, in one line. Plain TypeScript. */
import type { Shapes } from '../../lib/api/client.ts';

const CHARS_MAX = 160;
type Payload = Shapes['Payload'];

/** `line1/cell01/temp = 83.2 °C`; of what is no tag update, its text. */
export function payloadText({ update, text, bytes }: Payload): string {
  const line = update
    ? `${update.tag} = ${valueText(update.value)}${update.unit === '' ? '' : ` ${update.unit}`}`
    : text.replace(/\s+/g, ' ').trim() || `${bytes} B`;
  return line.length > CHARS_MAX ? `${line.slice(0, CHARS_MAX)}…` : line;
}

/** Good is 0, as drivers say it. */
export const isGood = ({ update }: Payload): boolean => update === null || update.quality === 0;

const valueText = (value: NonNullable<Payload['update']>['value']): string =>
  typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(7))) : String(value);
