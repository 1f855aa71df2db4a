/** Which parts of panels are folded; kept from visit to visit. */
import { SvelteSet } from 'svelte/reactivity';

const STORED = 'fusewire.folded';
/** Until somebody has folded or unfolded anything. */
const FOLDED_AT_FIRST = ['flow-limits'];
const folded = new SvelteSet<string>(stored());

export const isFolded = (id: string): boolean => folded.has(id);
export function setFolded(id: string, is: boolean): void {
  if (is) folded.add(id);
  else folded.delete(id);
  localStorage.setItem(STORED, JSON.stringify([...folded]));
}

function stored(): string[] {
  try {
    const found = JSON.parse(localStorage.getItem(STORED) ?? 'null') as unknown;
    return Array.isArray(found) ? found.filter(one => typeof one === 'string') : FOLDED_AT_FIRST;
  } catch {
    return FOLDED_AT_FIRST;
  }
}
