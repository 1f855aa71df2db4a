import type { Command } from 'commander';
import { printable } from '#diagnostic';
import { restore } from '#repository';
import { addConfigOptions, type ConfigOptions, loadFrom } from '../config-options.ts';
import { EXIT, fail, print, printFindings } from '../output.ts';

export function addRestore(command: Command): void {
  command.argument('<folder>', 'a backup');
  addConfigOptions(command)
    .addHelpText(
      'after',
      '\nThe data directory must be empty, or not there.\n\nExample:\n  fusewire restore /mnt/backups/today --data /var/lib/fusewire',
    )
    .action((folder: string, options: ConfigOptions) => run(folder, options).catch(fail));
}

async function run(folder: string, options: ConfigOptions): Promise<void> {
  const loaded = loadFrom(options);
  if ('diagnostics' in loaded) {
    printFindings(loaded.diagnostics, 'configuration');
    process.exitCode = EXIT.flowWrong;
    return;
  }
  const { data_directory } = loaded.config;
  await restore(folder, data_directory);
  print(
    `restored into ${printable(data_directory)}; start it with: fusewire serve --data ${printable(data_directory)}`,
  );
}
