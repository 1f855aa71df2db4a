/** In a JSON Schema of props, the `format` of a text that is a tag pattern. */
export const TAG_PATTERN_FORMAT = 'tag-pattern';

/** Whether + and # stand for whole levels and # comes last. */
export function isPattern(pattern: string): boolean {
  const levels = pattern.split('/');
  return pattern !== '' && levels.every((level, i) => level === '+' || !/[+#]/.test(level) || isTail(level, levels, i));
}
const isTail = (level: string, levels: readonly string[], index: number): boolean =>
  level === '#' && index === levels.length - 1;
