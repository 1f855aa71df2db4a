/** Tag patterns, as MQTT has them: `+` is one level, `#` at the end all that is below. */
import { isPattern } from '../contract.ts';

/** Why a pattern means nothing: `inspector:pattern_…`; null: it means something. */
export type PatternProblem = 'hash' | 'plus';

export function patternProblem(pattern: string): PatternProblem | null {
  if (pattern === '' || isPattern(pattern)) return null;
  const levels = pattern.split('/');
  if (levels.some((level, index) => level.includes('#') && (level !== '#' || index < levels.length - 1))) return 'hash';
  return 'plus';
}

const SUGGESTIONS_MAX = 40;

/**
 * What one may mean who has typed so far: the next level below, all that is below, and the same level of all neighbours.
 * @param tags that are seen now
 */
export function suggestPatterns(tags: readonly string[], typed: string): string[] {
  const wanted = typed.toLowerCase();
  const cut = typed.lastIndexOf('/') + 1;
  const before = typed.slice(0, cut).split('/').slice(0, -1);
  const found = new Set<string>();
  const below = tags
    .map(tag => tag.split('/'))
    .filter(levels => levels.length > before.length && before.every((one, i) => one === '+' || one === levels[i]));
  if (typed === '' && tags.length > 0) found.add('#');
  const rest = typed.slice(cut).toLowerCase();
  for (const levels of below) {
    const level = levels[before.length]!;
    if (!level.toLowerCase().startsWith(rest)) continue;
    const path = [...before, level].join('/');
    found.add(levels.length === before.length + 1 ? path : `${path}/#`);
  }
  const deep = rest !== '' && rest !== '+' ? [] : below.filter(levels => levels.length > before.length + 1);
  for (const levels of deep) found.add([...before, '+', ...levels.slice(before.length + 1)].join('/'));
  const whole = tags.filter(tag => wanted !== '' && tag.toLowerCase().includes(wanted));
  return [...new Set([...found, ...whole])].filter(one => one !== typed).slice(0, SUGGESTIONS_MAX);
}
