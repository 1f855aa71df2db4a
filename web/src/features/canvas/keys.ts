/** Keys as they are pressed, written and shown. Plain TypeScript. */

/** What of a press matters. */
export type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;
export interface Keyed {
  readonly keys: readonly string[];
}

/** Signs are typed with Shift on some keyboards and without it on others: for them it does not count. */
const isSign = (key: string): boolean => key.length === 1 && !/[a-z]/i.test(key);

/** As a table writes it: `Mod+Shift+z`, `?`, `Delete`. null: nothing that a table has. */
export function pressed({ key, ctrlKey, metaKey, shiftKey, altKey }: Press): string | null {
  if (altKey) return null;
  const name = key.length === 1 ? key.toLowerCase() : key;
  return [ctrlKey || metaKey ? 'Mod' : '', shiftKey && !isSign(key) ? 'Shift' : '', name].filter(Boolean).join('+');
}

export const keyed = <T extends Keyed>(table: Iterable<T>, press: Press): T | null => {
  const name = pressed(press);
  for (const one of table) if (name !== null && one.keys.includes(name)) return one;
  return null;
};

/** `Ctrl+Shift+Z`, on a Mac `⇧⌘Z`. */
export function shown(keys: string, isMac: boolean): string {
  const parts = keys === '+' ? ['+'] : keys.split('+');
  const name = parts.at(-1)!;
  const key = name.length === 1 ? name.toUpperCase() : (NAMES[name] ?? name);
  const signs = parts.slice(0, -1);
  if (isMac) return `${signs.includes('Shift') ? '⇧' : ''}${signs.includes('Mod') ? '⌘' : ''}${key}`;
  return [...signs.map(sign => (sign === 'Mod' ? 'Ctrl' : sign)), key].join('+');
}
const NAMES: Readonly<Record<string, string>> = { Delete: 'Del', Backspace: '⌫' };

/** For `aria-keyshortcuts`. */
export const ariaKeys = (keys: string): string => keys.replace('Mod', 'Control');
export const isMac = (): boolean => /Mac|iP(hone|ad)/.test(navigator.platform);
