const LENGTH_MAX = 64;

/** An id from a name: `Boiler Line 1` → `boiler-line-1`. Empty when nothing of the name can stand in an id. */
export const idFromName = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, LENGTH_MAX)
    .replace(/-+$/, '');
