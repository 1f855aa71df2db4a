import { type Kind, type Place, takers } from './model.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** `_describe` reads up to the first colon. */
const described = (word: string, says: string): string => quoted(`${word.replaceAll(':', '\\:')}:${says}`);

function offer(kind: Kind): string {
  if (kind === 'none') return ':';
  if (kind === 'files') return '_files';
  if (kind === 'flows' || kind === 'nodes') return `compadd -- \${(f)"$(_fusewire_ask ${kind})"}`;
  return `compadd -- ${kind.map(quoted).join(' ')}`;
}

const HEAD = `#compdef fusewire
# zsh completion of fusewire: put it into a folder of $fpath as _fusewire
_fusewire_ask() { "\${words[1]}" completion --list "$1" 2>/dev/null }
_fusewire() {
  local place='' word skip='' takers=''
  local -a commands options
  integer count=0 i
  _fusewire_place
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ -n $skip ]]; then skip=''
    elif [[ $word == -* ]]; then [[ " $takers " == *" $word "* ]] && skip=1
    elif (( \${commands[(I)$word:*]} )); then place="\${place:+$place }$word"; _fusewire_place
    else (( count++ ))
    fi
  done
  if [[ -n $skip ]]; then _fusewire_value
  elif [[ \${words[CURRENT]} == -* ]]; then _describe option options
  elif (( \${#commands} )); then (( count )) || _describe command commands
  else _fusewire_argument
  fi
}`;

/** A file for `$fpath`. */
export function zshScript(places: readonly Place[]): string {
  const place = places.map(one => {
    const commands = one.commands.map(({ name, says }) => described(name, says)).join(' ');
    const options = one.options.flatMap(({ words, says }) => words.map(word => described(word, says))).join(' ');
    return `    ${quoted(one.path)}) commands=(${commands}) options=(${options}) takers=${quoted(takers(one).join(' '))} ;;`;
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
    choose('_fusewire_place', '$place', [...place, "    *) commands=() options=() takers='' ;;"]),
    choose('_fusewire_value', '"$place:$words[CURRENT-1]"', values),
    choose('_fusewire_argument', '"$place:$count"', args),
    // Read by compinit, the file is the function; sourced, it registers it.
    'if [[ $funcstack[1] == _fusewire ]]; then _fusewire "$@"; else compdef _fusewire fusewire; fi',
    '',
  ].join('\n');
}
