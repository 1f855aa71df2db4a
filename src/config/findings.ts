import type { z } from 'zod';
import { closest, type Diagnostic, finding, type Path, type Place, quoted, showPath } from '#diagnostic';
import { CONFIG_KEYS, type ConfigKey, keyByName } from './keys.ts';

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

/** What a key takes, as a hint. */
export function explain(key: ConfigKey): string {
  const { name, description, kind, min, max, choices } = key;
  const values = kind === 'number' ? ` (${min} … ${max})` : choices ? ` (${choices.join(', ')})` : '';
  return `${name}: ${description}${values}.`;
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
    return found('config-invalid', path, subject + issue.message, explain(key), placeOf(path));
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
  // The same level first, then the name as a whole, then the last part anywhere.
  const sibling = closest(path.at(-1)!, beside);
  const suggestion =
    (sibling && [...group, sibling].join('.')) ??
    closest(name, namesOf()) ??
    CONFIG_KEYS.find(key => key.path.at(-1) === path.at(-1))?.name;
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
