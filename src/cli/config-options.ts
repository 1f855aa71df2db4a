import type { Command } from 'commander';
import { CONFIG_KEYS, type Flags, type LoadedConfig, loadConfig } from '#config';
import type { Diagnostic } from '#diagnostic';

export interface ConfigOptions {
  readonly config?: string;
  readonly set?: Record<string, string>;
  readonly [name: string]: unknown;
}

const ASSIGNMENT = /^([^=]+)=(.*)$/s;

/** Adds `--config`, the flags that keys have, and `--set` for all others. */
export function addConfigOptions(command: Command): Command {
  command.option('--config <file>', 'the configuration; default: ./fusewire.yaml, /etc/fusewire/fusewire.yaml');
  for (const { flag, name, description } of CONFIG_KEYS) if (flag) command.option(flag, `${description} (${name})`);
  return command.option(
    '--set <key=value>',
    'any other key; repeatable',
    (text: string, before: Record<string, string>) => {
      const [, key, value] = ASSIGNMENT.exec(text) ?? [];
      if (key === undefined) command.error(`error: expected --set KEY=VALUE, not ${JSON.stringify(text)}`);
      return { ...before, [key!]: value! };
    },
    {},
  );
}

/** The name that commander gives to the value of `--log-level <level>`. */
const optionName = (flag: string): string =>
  flag
    .split(' ')[0]!
    .slice(2)
    .replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

function flagsOf(options: ConfigOptions): Flags {
  const named = CONFIG_KEYS.flatMap(({ flag, name }) => (flag ? [[name, options[optionName(flag)]] as const] : []));
  return { ...options.set, ...Object.fromEntries(named.filter(([, value]) => value !== undefined)) };
}

/** @throws GatewayError file-not-found */
export const loadFrom = (options: ConfigOptions, file?: string): LoadedConfig | { diagnostics: Diagnostic[] } =>
  loadConfig({ file: file ?? options.config, env: process.env, flags: flagsOf(options) });
