/** Numbers for people: short, and always as wide as they were. */
import { language } from './i18n/index.svelte.ts';

const UNITS = ['', 'k', 'M', 'G'] as const;

/** 950, 12.3k, 4.56M */
export function short(value: number): string {
  let unit = 0;
  let rest = Math.abs(value);
  while (rest >= 999.5 && unit < UNITS.length - 1) {
    rest /= 1_000;
    unit += 1;
  }
  const digits = unit === 0 ? (rest < 10 && !Number.isInteger(rest) ? 1 : 0) : rest < 10 ? 2 : rest < 100 ? 1 : 0;
  return `${value < 0 ? '−' : ''}${rest.toFixed(digits)}${UNITS[unit]}`;
}
/** Messages a second. */
export const rate = (value: number): string => `${short(value)}/s`;
/** In binary units: 12 KiB, 3.4 MiB. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let rest = value;
  while (rest >= 1_000 && unit < units.length - 1) {
    rest /= 1_024;
    unit += 1;
  }
  return `${unit === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${units[unit]}`;
}
/** 850 µs, 2.3 ms, 1.2 s; – where it is not known */
export function micros(us: number | null): string {
  if (us === null) return '–';
  if (us < 1_000) return `${Math.round(us)} µs`;
  if (us < 1_000_000) return `${(us / 1_000).toFixed(us < 10_000 ? 1 : 0)} ms`;
  return `${(us / 1_000_000).toFixed(1)} s`;
}
export const millis = (ms: number): string => micros(ms * 1_000);
export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 && share > 0 ? 1 : 0)} %`;
export const whole = (value: number): string => value.toLocaleString(language.current);
/** Date and time of day, in the language that is shown. */
export const moment = (iso: string | number): string =>
  new Date(iso).toLocaleString(language.current, { dateStyle: 'medium', timeStyle: 'medium' });
export const clock = (iso: string | number): string =>
  new Date(iso).toLocaleTimeString(language.current, { hour12: false });
/** “3 minutes ago”. */
export function ago(iso: string, now_ms = Date.now()): string {
  const seconds = Math.round((Date.parse(iso) - now_ms) / 1_000);
  const format = new Intl.RelativeTimeFormat(language.current, { numeric: 'auto' });
  const far = Math.abs(seconds);
  if (far < 60) return format.format(seconds, 'second');
  if (far < 3_600) return format.format(Math.round(seconds / 60), 'minute');
  if (far < 86_400) return format.format(Math.round(seconds / 3_600), 'hour');
  return format.format(Math.round(seconds / 86_400), 'day');
}
/** A moment to the millisecond, from µs since the epoch; of today only the time of day. */
export function instant(us: number, now_ms = Date.now()): string {
  const date = new Date(us / 1_000);
  if (us === 0 || Number.isNaN(date.getTime())) return '–';
  const time = date.toLocaleTimeString(language.current, {
    hour12: false,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  });
  if (date.toDateString() === new Date(now_ms).toDateString()) return time;
  return `${date.toLocaleDateString(language.current, { dateStyle: 'medium' })} ${time}`;
}
