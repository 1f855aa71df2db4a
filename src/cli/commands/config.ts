import type { Command } from 'commander';
import { configJsonSchema, effectiveKeys, showValue } from '#config';
import { printable } from '#diagnostic';
import { addConfigOptions, type ConfigOptions, loadFrom } from '../config-options.ts';
import { EXIT, fail, print, printFindings, printJson, table } from '../output.ts';

interface Options extends ConfigOptions {
  readonly json?: boolean;
}

export function addConfig(config: Command): void {
  config.addHelpText('after', '\nExample:\n  fusewire config check /etc/fusewire/fusewire.yaml');
  const checks = config
    .command('check')
    .description('report everything that is wrong with the configuration: file, environment, flags')
    .argument('[file]', 'as --config')
    .option('--json', 'print the findings as JSON');
  addConfigOptions(checks).action((file: string | undefined, options: Options) => guard(() => check(file, options)));
  const shows = config
    .command('show')
    .description('print every key with the value that holds and where it comes from; secrets are masked')
    .option('--json', 'print JSON');
  addConfigOptions(shows).action((options: Options) => guard(() => show(options)));
  config
    .command('schema')
    .description('print the JSON Schema of the file, for editors')
    .action(() => printJson(configJsonSchema()));
}

function guard(work: () => void): void {
  try {
    work();
  } catch (error) {
    fail(error);
  }
}

function check(file: string | undefined, options: Options): void {
  const loaded = loadFrom(options, file);
  const failed = 'diagnostics' in loaded;
  const found = failed ? loaded.diagnostics : loaded.warnings;
  const name = failed ? 'configuration' : (loaded.file ?? 'no file, defaults');
  if (options.json) printJson(found);
  else if (found.length > 0) printFindings(found, name);
  else print(`${printable(name)}: no findings`);
  process.exitCode = failed ? EXIT.flowWrong : EXIT.ok;
}

function show(options: Options): void {
  const loaded = loadFrom(options);
  if ('diagnostics' in loaded) {
    printFindings(loaded.diagnostics, 'configuration');
    process.exitCode = EXIT.flowWrong;
    return;
  }
  if (loaded.warnings.length > 0) printFindings(loaded.warnings, 'configuration');
  const keys = effectiveKeys(loaded);
  if (options.json) printJson(keys);
  else
    print(
      table(
        ['key', 'value', 'from'],
        keys.map(({ key, value, from, place }) => [key, printable(showValue(value)), printable(place ?? from)]),
      ),
    );
}
