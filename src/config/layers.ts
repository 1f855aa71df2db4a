import { dirname, resolve } from 'node:path';
import { closest, type Diagnostic, type Path, type Place, quoted } from '#diagnostic';
import { found, isGroup, SEE, unknownKey, valueFindings } from './findings.ts';
import { CONFIG_KEYS, type ConfigKey, keyByName, VARIABLE_PREFIX } from './keys.ts';
import { CONFIG_LIMITS } from './limits.ts';
import { readText } from './texts.ts';
import type { YamlFile } from './yaml.ts';

export interface Origin {
  readonly from: 'flag' | 'environment' | 'file' | 'default';
  /** `--listen`, `FUSEWIRE_HTTP_LISTEN`, `fusewire.yaml:3:11`; empty of a default. */
  readonly place: Place;
  /** Flag or variable. */
  readonly name: string;
}
export interface Given {
  readonly value: unknown;
  readonly origin: Origin;
}
/** What one source says, by the names of keys, and what is wrong with it. */
export interface Layer {
  readonly given: ReadonlyMap<string, Given>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Variables beginning with FUSEWIRE_ that are no keys. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set([
  'FUSEWIRE_CONFIG',
  'FUSEWIRE_CACHE',
  'FUSEWIRE_SOURCE',
  'FUSEWIRE_URL',
  'FUSEWIRE_TOKEN',
]);

class Gatherer {
  readonly given = new Map<string, Given>();
  readonly diagnostics: Diagnostic[] = [];

  take(key: ConfigKey, raw: unknown, origin: Origin, base: string, placeOf: (path: Path) => Place): void {
    const read = key.schema.safeParse(raw);
    if (!read.success) {
      const subject = origin.name === '' ? '' : `${origin.name}: `;
      this.diagnostics.push(...valueFindings(key, read.error.issues, subject, placeOf));
      return;
    }
    const value = key.isPath && typeof read.data === 'string' ? resolve(base, read.data) : read.data;
    this.given.set(key.name, { value, origin });
  }
}

/** What a file says. Paths in it start at its folder. */
export function fileLayer(yaml: YamlFile, file: string): Layer {
  const gatherer = new Gatherer();
  const walk = (data: unknown, path: readonly string[]): void => {
    const key = keyByName(path.join('.'));
    if (key?.path.length === path.length) {
      const origin: Origin = { from: 'file', place: yaml.placeOf(path), name: '' };
      // A name without a value is more likely forgotten than meant.
      gatherer.take(key, data, origin, dirname(file), one => yaml.placeOf(one));
      return;
    }
    if (!isGroup(path)) {
      gatherer.diagnostics.push(unknownKey(path, yaml.placeOfKey(path)));
      return;
    }
    // A group whose keys are all commented out.
    if (data === null) return;
    if (typeof data === 'object' && !Array.isArray(data))
      for (const [name, value] of Object.entries(data)) walk(value, [...path, name]);
    else
      gatherer.diagnostics.push(
        found('config-invalid', path, 'expected keys and their values', SEE, yaml.placeOf(path)),
      );
  };
  walk(yaml.data, []);
  return gatherer;
}

export function environmentLayer(env: Readonly<Record<string, string | undefined>>): Layer {
  const gatherer = new Gatherer();
  const place: Place = { source: 'environment' };
  const variables = new Map(CONFIG_KEYS.map(key => [key.variable, key]));
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(VARIABLE_PREFIX) || text === undefined || OTHER_VARIABLES.has(name)) continue;
    const key = variables.get(name);
    if (!key) {
      const close = closest(name, [...variables.keys(), ...OTHER_VARIABLES]);
      const hint = close ? `Did you mean ${close}?` : SEE;
      const message = `there is no variable ${quoted(name)}; it is ignored`;
      gatherer.diagnostics.push(found('config-unknown-variable', [], message, hint, place, 'warning'));
    } else if (text !== '') take(gatherer, key, text, { from: 'environment', place, name }, place);
  }
  return gatherer;
}

/** Values by the names of keys; text is read as a variable's is. */
export type Flags = Readonly<Record<string, unknown>>;

export function flagLayer(flags: Flags): Layer {
  const gatherer = new Gatherer();
  const place: Place = { source: 'command line' };
  for (const [name, value] of Object.entries(flags)) {
    if (value === undefined) continue;
    const key = keyByName(name);
    if (key) {
      const flag = key.flag?.split(' ')[0] ?? `--set ${name}`;
      take(gatherer, key, value, { from: 'flag', place, name: flag }, place);
    } else gatherer.diagnostics.push(unknownKey(name.split('.'), place));
  }
  return gatherer;
}

function take(gatherer: Gatherer, key: ConfigKey, value: unknown, origin: Origin, place: Place): void {
  const isLong = typeof value === 'string' && value.length > CONFIG_LIMITS.text_bytes;
  if (isLong) {
    const message = `${origin.name} has more than ${CONFIG_LIMITS.text_bytes} characters, which is the limit`;
    gatherer.diagnostics.push(found('config-invalid', key.path, message, SEE, place));
  } else {
    const read = typeof value === 'string' ? readText(key, value) : value;
    gatherer.take(key, read, origin, process.cwd(), () => place);
  }
}
