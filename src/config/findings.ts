import type { z } from 'zod';
import { closest, type Diagnostic, finding, type Path, type Place, quoted, showPath } from '#diagnostic';
import { CONFIG_KEYS, type ConfigKey, keyByName } from './keys.ts';
import { CONFIG_LIMITS } from './limits.ts';

export const SEE = 'See docs/configuration.md.';

/** A finding with its place. */
export const found = (
  code: Diagnostic['code'],
  path: Path,
  message: string,
  hint: string,
  place: Place,
  severity: Diagnostic['severity'] = 'error',
): Diagnostic => ({ ...finding(code, showPath(path), message, hint, severity), place });

/** What a key is for, as a hint. */
const explain = ({ name, description }: ConfigKey): string => `${name}: ${description}.`;

/** What zod says of types and ranges is for programmers. */
function textOf(key: ConfigKey, issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (!['invalid_type', 'invalid_value', 'too_big', 'too_small'].includes(issue.code)) return issue.message;
  if (issue.path.length > 0) return issue.code === 'invalid_type' ? 'expected text' : issue.message;
  switch (key.kind) {
    case 'number':
      return `expected a whole number from ${key.min} to ${key.max}`;
    case 'boolean':
      return 'expected true or false';
    case 'enum':
      return `expected one of ${key.choices!.join(', ')}`;
    case 'list':
      return issue.code === 'too_big' ? `expected at most ${CONFIG_LIMITS.list_items} items` : 'expected a list';
    case 'table':
      return 'expected names and their values';
    default:
      return issue.code === 'invalid_type' ? 'expected text' : issue.message;
  }
}

/** What zod has found in one value. @param subject begins each message, e.g. the name of a variable. */
export const valueFindings = (
  key: ConfigKey,
  issues: readonly z.core.$ZodIssue[],
  subject: string,
  placeOf: (path: Path) => Place,
): Diagnostic[] =>
  issues.map(issue => {
    const path = [...key.path, ...(issue.path as Path)];
    return found('config-invalid', path, subject + textOf(key, issue), explain(key), placeOf(path));
  });

/** A key that the schema does not have. */
export function unknownKey(path: readonly string[], place: Place): Diagnostic {
  const name = path.join('.');
  const group = path.slice(0, -1);
  const beside = new Set(
    CONFIG_KEYS.filter(key => group.every((part, index) => key.path[index] === part)).map(
      key => key.path[group.length]!,
    ),
  );
  const last = path.at(-1)!;
  // The same level first, then the name as a whole, then the last part anywhere.
  const sibling = closest(last, beside) ?? [...beside].find(one => one.startsWith(last) || last.startsWith(one));
  const suggestion =
    (sibling && [...group, sibling].join('.')) ??
    closest(name, namesOf()) ??
    CONFIG_KEYS.find(key => key.path.at(-1) === last)?.name;
  const hint = path.some(part => part.includes('.'))
    ? 'Nest the keys: "http:", then "listen:" below it.'
    : suggestion
      ? `Did you mean ${suggestion}?`
      : `There are: ${[...beside].join(', ')}.`;
  return found('config-unknown-key', path, `there is no key ${quoted(name)}`, hint, place);
}

const namesOf = (): string[] => CONFIG_KEYS.map(key => key.name);

/** `http` or `http.tls`, but not `http.listen`. */
export const isGroup = (path: readonly string[]): boolean =>
  keyByName(path.join('.')) === null && CONFIG_KEYS.some(key => path.every((part, index) => key.path[index] === part));
