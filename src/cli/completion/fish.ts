import { type Kind, type Place, takers } from './model.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Arguments of `complete` that say what may stand there. */
function offer(kind: Kind): string {
  if (kind === 'files') return '-F';
  if (kind === 'none') return '-f';
  if (kind === 'flows' || kind === 'nodes') return `-f -a '(_fusewire_ask ${kind})'`;
  return `-f -a ${quoted(kind.join(' '))}`;
}

const head = (places: readonly Place[]): string => {
  const known = places.flatMap(({ path, commands }) => commands.map(({ name }) => `${path} ${name}`.trim()));
  const taking = [...new Set(places.flatMap(takers))];
  return `# fish completion of fusewire: fusewire completion fish > ~/.config/fish/completions/fusewire.fish
set -g _fusewire_places ${known.map(quoted).join(' ')}
set -g _fusewire_takers ${taking.join(' ')}
function _fusewire_ask
    set -l words (commandline -opc)
    $words[1] completion --list $argv[1] 2>/dev/null
end
# Whether the words so far are this command with so many arguments; without a number, with any.
function _fusewire_at
    set -l words (commandline -opc)
    set -l path ''
    set -l count 0
    set -l skip 0
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
        else if string match -q -- '-*' $word
            contains -- $word $_fusewire_takers; and set skip 1
        else if contains -- (string trim -- "$path $word") $_fusewire_places
            set path (string trim -- "$path $word")
        else
            set count (math $count + 1)
        end
    end
    test "$path" = "$argv[1]"; or return 1
    test (count $argv) -lt 2; and return 0
    test $count = $argv[2]; or begin
        test "$argv[3]" = more; and test $count -gt $argv[2]
    end
end
complete -c fusewire -f`;
};

export function fishScript(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, commands, options, args, more }) => {
    const at = (count?: number, rest = ''): string =>
      `complete -c fusewire -n ${quoted(`_fusewire_at '${path}'${count === undefined ? '' : ` ${count}${rest}`}`)}`;
    return [
      ...commands.map(({ name, says }) => `${at(0)} -f -a ${name} -d ${quoted(says)}`),
      ...options.map(({ words, says, value }) => {
        const names = words.map(word => (word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`));
        return `${at()} ${names.join(' ')}${value === null ? '' : ` -r ${offer(value)}`} -d ${quoted(says)}`;
      }),
      ...args.map((kind, i) => `${at(i, more && i === args.length - 1 ? ' more' : '')} ${offer(kind)}`),
    ];
  });
  return [head(places), ...lines, ''].join('\n');
}
