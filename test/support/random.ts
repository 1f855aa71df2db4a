/** A small seeded generator (mulberry32): the same seed gives the same run everywhere. */
export function seeded(seed: number): {
  int: (below: number) => number;
  chance: (p: number) => boolean;
  pick: <T>(list: readonly T[]) => T;
} {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    int: below => Math.floor(next() * below),
    chance: p => next() < p,
    pick: list => list[Math.floor(next() * list.length)]!,
  };
}
export type Random = ReturnType<typeof seeded>;
