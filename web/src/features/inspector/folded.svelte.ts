/** Which parts of panels are folded; kept from visit to visit. */
import { SvelteSet } from 'svelte/reactivity';

const STORED = 'fusewire.folded';
const folded = new SvelteSet<string>(stored());

export const isFolded = (id: string): boolean => folded.has(id);
export function setFolded(id: string, is: boolean): void {
  if (is) folded.add(id);
  else folded.delete(id);
  localStorage.setItem(STORED, JSON.stringify([...folded]));
}

function stored(): string[] {
  try {
    const found = JSON.parse(localStorage.getItem(STORED) ?? '[]') as unknown;
    return Array.isArray(found) ? found.filter(one => typeof one === 'string') : [];
  } catch {
    return [];
  }
}
