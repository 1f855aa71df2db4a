/** docs/cli.md and the tree of commands say the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Command } from 'commander';
import { loadTree } from '../../src/cli/lazy.ts';
import { makeProgram } from '../../src/cli/program.ts';

const TEXT = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8');
const tree = await loadTree(makeProgram());

interface Leaf {
  readonly path: string;
  readonly command: Command;
}
const leaves = (command: Command, path: readonly string[]): Leaf[] =>
  command.commands.length === 0
    ? [{ path: path.join(' '), command }]
    : command.commands.flatMap(one => leaves(one, [...path, one.name()]));
const all = leaves(tree, []);

/** Command lines in the blocks of a text, without what stands behind `#` and the shell's own. */
const linesOf = (text: string): string[] =>
  [...text.matchAll(/^```sh\n(.*?)^```/gms)]
    .flatMap(([, block]) => block!.split('\n'))
    .flatMap(line => /\bfusewire ([^<>)]*)/.exec(line.replace(/ [#|] .*/, ''))?.[1]?.trim() ?? []);

/** The command of a line, and its words behind it. */
function commandOf(line: string): { found: Leaf | undefined; words: string[] } {
  const found = all.filter(({ path }) => line === path || line.startsWith(`${path} `));
  const longest = found.sort((a, b) => b.path.length - a.path.length)[0];
  return { found: longest, words: line.slice(longest?.path.length ?? 0).match(/"[^"]*"|\S+/g) ?? [] };
}

test('every command has an example, and every example a command', () => {
  const shown = linesOf(TEXT).map(line => commandOf(line).found?.path ?? `unknown: ${line}`);
  assert.deepEqual([...new Set(shown)].sort(), all.map(one => one.path).sort());
});

/** What an example says that its command does not take. */
function wrongIn(line: string): string[] {
  const { found, words } = commandOf(line);
  if (!found) return [`${line}: no such command`];
  const { options, registeredArguments } = found.command;
  const wrong: string[] = [];
  let count = 0;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i]!;
    if (!word.startsWith('-')) {
      count += 1;
      continue;
    }
    const option = options.find(one => one.short === word || one.long === word);
    if (!option) wrong.push(`${line}: ${word}`);
    else if (option.required || (option.optional && words[i + 1]?.startsWith('"'))) i += 1;
  }
  const least = registeredArguments.filter(one => one.required).length;
  const most = registeredArguments.some(one => one.variadic) ? Number.POSITIVE_INFINITY : registeredArguments.length;
  if (count < least || count > most) wrong.push(`${line}: ${count} arguments, ${least} to ${most} are taken`);
  return wrong;
}

test('examples name options and arguments that their commands take, here and in --help', () => {
  const helped = all.flatMap(({ command }) => {
    let text = '';
    command.configureOutput({ writeOut: said => (text += said) }).outputHelp();
    const examples = text.split(/^Examples?:$/m)[1] ?? '';
    return examples
      .split('\n')
      .flatMap(line => /^ {2}(?:source <\()?fusewire ([^<>)]*)/.exec(line.replace(/ [#|] .*/, ''))?.[1]?.trim() ?? []);
  });
  assert.ok(helped.length > 40, `${helped.length} examples in --help`);
  const lines = [...linesOf(TEXT), ...helped.flatMap(line => line.split(' && fusewire '))];
  assert.deepEqual(lines.flatMap(wrongIn), []);
});

test('every command says what it does, every option too', () => {
  const silent = all.flatMap(({ path, command }) => [
    ...(command.description() === '' ? [path] : []),
    ...command.options.filter(one => one.description === '' && !one.hidden).map(one => `${path} ${one.flags}`),
  ]);
  assert.deepEqual(silent, []);
});
