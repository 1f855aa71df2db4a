import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { atMost, type Diagnostic, GatewayError, hasErrors } from '#diagnostic';
import { readAtMost } from '#library';
import { checkConfig } from './exposure.ts';
import { CONFIG_KEYS } from './keys.ts';
import { environmentLayer, type Flags, fileLayer, flagLayer, type Layer, type Origin } from './layers.ts';
import { CONFIG_LIMITS } from './limits.ts';
import { type Config, configSchema } from './schema.ts';
import { readYaml } from './yaml.ts';

export interface ConfigSources {
  /** Given by hand: it must be there. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: Flags;
}
export interface LoadedConfig {
  readonly config: Config;
  /** By the names of keys: where each value comes from. */
  readonly origins: Readonly<Record<string, Origin>>;
  readonly warnings: readonly Diagnostic[];
  /** null: there is none, defaults hold. */
  readonly file: string | null;
}

/** Looked for in this order, when neither `--config` nor FUSEWIRE_CONFIG names one. */
export const CONFIG_PLACES = ['fusewire.yaml', '/etc/fusewire/fusewire.yaml'] as const;

const DEFAULT: Origin = { from: 'default', place: { source: 'default' }, name: '' };

/**
 * The configuration: flag before environment before file before default, key by key; a list or a table is replaced as a
 * whole. All that is wrong anywhere is reported together, also where another source outweighs it. Paths are absolute.
 * @throws GatewayError file-not-found: the file that was named cannot be read
 */
export function loadConfig({ file, env, flags }: ConfigSources): LoadedConfig | { diagnostics: Diagnostic[] } {
  const path = findFile(file ?? (env['FUSEWIRE_CONFIG'] || undefined));
  const layers = [flagLayer(flags), environmentLayer(env), ...(path === null ? [] : [layerOf(path)])];
  const diagnostics = layers.flatMap(layer => layer.diagnostics);
  if (hasErrors(diagnostics)) return { diagnostics: atMost(diagnostics, CONFIG_LIMITS.findings) };
  const { config, origins } = merge(layers);
  const all = [...diagnostics, ...checkConfig(config, name => origins[name]!)];
  return hasErrors(all) ? { diagnostics: all } : { config, origins, warnings: all, file: path };
}

function findFile(named: string | undefined): string | null {
  if (named === undefined) return CONFIG_PLACES.map(place => resolve(place)).find(place => existsSync(place)) ?? null;
  const path = resolve(named);
  if (!existsSync(path)) throw new GatewayError('file-not-found', path, 'there is no such file');
  return path;
}

function layerOf(file: string): Layer {
  const yaml = readYaml(readAtMost(file, CONFIG_LIMITS.file_bytes + 1), file);
  return 'diagnostics' in yaml ? { given: new Map(), diagnostics: yaml.diagnostics } : fileLayer(yaml, file);
}

/** @param layers the weightiest first */
function merge(layers: readonly Layer[]): { config: Config; origins: Record<string, Origin> } {
  const data: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  for (const key of CONFIG_KEYS) {
    const given = layers.map(layer => layer.given.get(key.name)).find(one => one !== undefined);
    origins[key.name] = given?.origin ?? DEFAULT;
    const fallback = key.isPath && typeof key.default === 'string' ? resolve(key.default) : key.default;
    put(data, key.path, given ? given.value : fallback);
  }
  return { config: configSchema.parse(data), origins };
}

function put(data: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) {
    data[name] = value;
    return;
  }
  data[name] ??= {};
  put(data[name] as Record<string, unknown>, rest, value);
}

/** Of the key that secrets are encrypted with. */
export const secretsKeyFile = ({ secrets, data_directory }: Config): string =>
  secrets.key_file ?? join(data_directory, 'secrets.key');
