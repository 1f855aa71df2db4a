/** What fits the words that are typed, best first: what begins with them, then what has them anywhere. */
export function found<T extends { readonly title: string; readonly detail?: string; readonly words?: string }>(
  items: readonly T[],
  wanted: string,
): readonly T[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const [first] = words;
  if (first === undefined) return items;
  const texts = items.map(
    item => [item, `${item.title} ${item.detail ?? ''} ${item.words ?? ''}`.toLowerCase()] as const,
  );
  const fitting = texts.filter(([, text]) => words.every(word => text.includes(word)));
  const rank = (text: string): number => (text.startsWith(first) ? 0 : text.includes(` ${first}`) ? 1 : 2);
  return fitting.sort(([, a], [, b]) => rank(a) - rank(b)).map(([item]) => item);
}
