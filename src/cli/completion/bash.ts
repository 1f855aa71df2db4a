import { type Kind, type Place, takers } from './model.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A shell command that fills COMPREPLY. */
function offer(kind: Kind): string {
  if (kind === 'none') return ':';
  if (kind === 'files') return '_fusewire_files';
  if (kind === 'flows' || kind === 'nodes') return `_fusewire_words "$(_fusewire_ask ${kind})"`;
  return `_fusewire_words ${quoted(kind.join(' '))}`;
}

const HEAD = `# bash completion of fusewire: source <(fusewire completion bash)
_fusewire_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }
_fusewire_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); }
# What the gateway knows, if it answers soon.
_fusewire_ask() { "\${words[0]}" completion --list "$1" 2>/dev/null; }
_fusewire() {
  local cur prev path='' word skip='' count=0 i commands options takers
  local -a words
  # Not COMP_WORDS: those are cut at the colons of addresses.
  read -ra words <<<"\${COMP_LINE:0:COMP_POINT}"
  [[ \${COMP_LINE:0:COMP_POINT} == *' ' ]] && words+=('')
  cur=\${words[-1]}
  prev=\${words[-2]}
  _fusewire_place
  for ((i = 1; i < \${#words[@]} - 1; i++)); do
    word=\${words[i]}
    if [[ -n $skip ]]; then skip=''
    elif [[ $word == -* ]]; then [[ " $takers " == *" $word "* ]] && skip=1
    elif [[ " $commands " == *" $word "* ]]; then path="\${path:+$path }$word"; _fusewire_place
    else count=$((count + 1))
    fi
  done
  COMPREPLY=()
  if [[ -n $skip ]]; then _fusewire_value
  elif [[ $cur == -* ]]; then _fusewire_words "$options"
  elif [[ -n $commands ]]; then ((count == 0)) && _fusewire_words "$commands"
  else _fusewire_argument
  fi
}`;

/** Works in bash 4.4 and later. */
export function bashScript(places: readonly Place[]): string {
  const place = places.map(({ path, commands, options, ...rest }) => {
    const names = commands.map(one => one.name).join(' ');
    const words = options.flatMap(one => one.words).join(' ');
    const taking = takers({ path, commands, options, ...rest }).join(' ');
    return `    ${quoted(path)}) commands=${quoted(names)} options=${quoted(words)} takers=${quoted(taking)} ;;`;
  });
  const values = places.flatMap(({ path, options }) =>
    options.flatMap(({ words, value }) =>
      value === null || value === 'none'
        ? []
        : [`    ${words.map(word => quoted(`${path}:${word}`)).join('|')}) ${offer(value)} ;;`],
    ),
  );
  const args = places.flatMap(({ path, args: kinds, more }) =>
    kinds.flatMap((kind, i) => {
      const at = more && i === kinds.length - 1 ? `${quoted(`${path}:`)}*` : quoted(`${path}:${i}`);
      return kind === 'none' ? [] : [`    ${at}) ${offer(kind)} ;;`];
    }),
  );
  const choose = (name: string, of: string, cases: readonly string[]): string =>
    `${name}() {\n  case ${of} in\n${cases.join('\n')}\n  esac\n}`;
  return [
    HEAD,
    choose('_fusewire_place', '$path', [...place, "    *) commands='' options='' takers='' ;;"]),
    choose('_fusewire_value', '$path:$prev', values),
    choose('_fusewire_argument', '$path:$count', args),
    'complete -F _fusewire fusewire',
    '',
  ].join('\n');
}
