import type { Command } from 'commander';
import { printable } from '#diagnostic';
import { backup } from '#repository';
import { addConfigOptions, type ConfigOptions, loadFrom } from '../config-options.ts';
import { bytes, EXIT, fail, print, printFindings, printJson } from '../output.ts';

interface Options extends ConfigOptions {
  readonly withKey?: boolean;
  readonly json?: boolean;
}

export function addBackup(command: Command): void {
  command
    .argument('<folder>', 'where the backup goes; it must not be there yet')
    .option('--with-key', 'the key of the secrets, too: who has the backup can then read them')
    .option('--json', 'print JSON');
  addConfigOptions(command)
    .addHelpText('after', '\nExample:\n  fusewire backup /mnt/backups/today --data /var/lib/fusewire')
    .action((folder: string, options: Options) => run(folder, options).catch(fail));
}

async function run(folder: string, options: Options): Promise<void> {
  const loaded = loadFrom(options);
  if ('diagnostics' in loaded) {
    printFindings(loaded.diagnostics, 'configuration');
    process.exitCode = EXIT.flowWrong;
    return;
  }
  const { secretsKeyFile } = await import('#config');
  const withKey = options.withKey ? { withKey: secretsKeyFile(loaded.config) } : {};
  const manifest = await backup(loaded.config.data_directory, folder, withKey);
  if (options.json) return printJson(manifest);
  const total = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  print(`${manifest.files.length} files, ${bytes(total)}, in ${printable(folder)}`);
}
