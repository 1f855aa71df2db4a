import type { Command } from 'commander';
import { loadCommand } from '../lazy.ts';

export function addHelp(command: Command): void {
  command.argument('[command...]', 'of which').action(async (words: string[]) => {
    let at = command.parent!;
    for (const word of words) {
      const next = at.commands.find(one => one.name() === word);
      if (!next) return at.error(`error: unknown command '${word}'`);
      await loadCommand(next);
      at = next;
    }
    at.help();
  });
}
