/**
 * What has every word that is searched for, what says it in the more telling places first.
 * @param textsOf what is looked through, from the most telling to the least
 */
export function searchNodes<T>(
  all: readonly T[],
  wanted: string,
  textsOf: (one: T) => readonly (readonly string[])[],
): T[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...all];
  return all
    .map(one => ({ one, rank: rankOf(textsOf(one), words) }))
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => a.rank! - b.rank!)
    .map(({ one }) => one);
}

/** The lower the better; null: a word is nowhere. */
function rankOf(texts: readonly (readonly string[])[], words: readonly string[]): number | null {
  let rank = 0;
  for (const word of words) {
    const level = texts.findIndex(level => level.some(text => text.toLowerCase().includes(word)));
    if (level < 0) return null;
    const begins = texts[level]!.some(text => text.toLowerCase().startsWith(word));
    rank += level * 2 + (begins ? 0 : 1);
  }
  return rank;
}
