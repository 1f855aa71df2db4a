const SECRET_KEY =
  /^(?:.*[-_.])?(?:pass(?:word|wd|phrase)?|secret|token|authorization|cookie|csrf|api[-_]?key|private[-_]?key|credentials?)$/i;
const DEPTH_MAX = 4;
const KEYS_MAX = 50;
export const REDACTED = '[redacted]';

/** Secrets in running text: what stands between scheme and host of a URL, and what follows `Bearer` or `password=`. */
export const redactText = (text: string): string =>
  text
    .replaceAll(/\b([a-z][a-z0-9+.-]{1,15}:\/\/)[^\s/@:]{1,256}:[^\s/@]{1,1024}@/gi, `$1${REDACTED}@`)
    .replaceAll(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${REDACTED}`)
    .replaceAll(
      /\b(pass(?:word|wd)?|secret|token|api[-_]?key)(["']?\s*[=:]\s*["']?)[^\s"'&,;]{3,}/gi,
      `$1$2${REDACTED}`,
    );

/** A copy without the values of keys that sound like secrets, and not deeper than a log needs. */
export function redactFields(fields: object, depth = 0): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields).slice(0, KEYS_MAX))
    copy[key] = SECRET_KEY.test(key) ? REDACTED : redactValue(value, depth);
  return copy;
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Error) return redactText(value.stack ?? value.message);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (depth >= DEPTH_MAX) return '…';
  if (Array.isArray(value)) return value.slice(0, KEYS_MAX).map(item => redactValue(item, depth + 1));
  return redactFields(value, depth + 1);
}
