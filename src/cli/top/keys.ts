/** What a terminal sends for a key: the named ones, else the character itself. */
export type Key =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'enter'
  | 'escape'
  | 'backspace'
  | 'interrupt'
  | 'suspend'
  | string;

const NAMES: Readonly<Record<string, Key>> = {
  '\u001b[A': 'up',
  '\u001b[B': 'down',
  '\u001b[C': 'right',
  '\u001b[D': 'left',
  '\u001bOA': 'up',
  '\u001bOB': 'down',
  '\u001bOC': 'right',
  '\u001bOD': 'left',
  '\u001b': 'escape',
  '\r': 'enter',
  '\n': 'enter',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u0003': 'interrupt',
  '\u001a': 'suspend',
};

/** Several keys may come at once. Sequences of keys that mean nothing here are left out whole. */
export function keysOf(text: string): Key[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
  const parts = text.match(/\u001b\[[0-9;?]*[ -/]*[@-~]|\u001bO.|./gsu) ?? [];
  return parts.map(part => NAMES[part] ?? part).filter(key => key.length === 1 || !key.startsWith('\u001b'));
}
