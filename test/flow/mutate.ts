/** Damage to documents, by a seed: bytes, words of JSON, and the structure behind them. */
import type { Random } from '../support/random.ts';

const WORDS = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u',
  '\\ud800',
  '0',
  '-',
  '1e9',
  '1e999',
  'null',
  'true',
  '"id"',
  '\0',
  '\ufeff',
  'é',
  '/*',
  '"__proto__":1,',
];

/** Values that are JSON and no less strange. */
const STRANGERS: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => -1,
  () => 0.5,
  () => Number.MAX_VALUE,
  () => 2 ** 53,
  () => '',
  () => 'x'.repeat(70_000),
  () => 'constructor',
  () => '__proto__',
  () => '\u001b[31m\u202e\0',
  () => '\ud800',
  () => '😀/~0~1%',
  () => [],
  () => ({}),
  () => ({ hasOwnProperty: 1, toString: null, '': [[]] }),
  () => Array(300).fill(null),
  () => nested(70),
];
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

export function mutateBytes(text: string, random: Random): Buffer {
  let bytes = Buffer.from(text);
  for (let edits = random.int(4); edits >= 0; edits -= 1) {
    const at = random.int(bytes.length + 1);
    const cut = random.chance(0.5) ? random.int(20) : 0;
    const piece = random.chance(0.7) ? Buffer.from(random.pick(WORDS)) : Buffer.from([random.int(256)]);
    bytes = Buffer.concat([
      bytes.subarray(0, at),
      random.chance(0.8) ? piece : Buffer.alloc(0),
      bytes.subarray(at + cut),
    ]);
  }
  return random.chance(0.05) ? bytes.subarray(0, random.int(bytes.length)) : bytes;
}

type Parent = Record<string | number, unknown>;

/** Every place in a value: what holds it, and under which key. */
function places(value: unknown, found: [Parent, string | number][] = []): [Parent, string | number][] {
  if (typeof value !== 'object' || value === null) return found;
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  for (const key of keys) {
    found.push([value as Parent, key]);
    places((value as Parent)[key], found);
  }
  return found;
}

/** Removes, replaces, doubles, swaps and renames parts of a JSON value. */
export function mutateValue(value: object, random: Random): object {
  const mutated = structuredClone(value);
  for (let edits = random.int(3); edits >= 0; edits -= 1) {
    const all = places(mutated);
    if (all.length === 0) return mutated;
    const [parent, key] = random.pick(all);
    const [otherParent, otherKey] = random.pick(all);
    switch (random.int(6)) {
      case 0:
        if (Array.isArray(parent)) parent.splice(Number(key), 1);
        else delete parent[key];
        break;
      case 1:
        parent[key] = random.pick(STRANGERS)();
        break;
      case 2:
        parent[key] = structuredClone(otherParent[otherKey]);
        break;
      case 3:
        if (Array.isArray(parent)) parent.push(structuredClone(parent[Number(key)]));
        else parent[`${key}2`] = structuredClone(parent[key]);
        break;
      case 4: {
        const kept = parent[key];
        parent[key] = structuredClone(otherParent[otherKey]);
        otherParent[otherKey] = structuredClone(kept);
        break;
      }
      default:
        if (typeof parent[key] === 'string') parent[key] = `${parent[key]}${random.int(3)}`;
        else if (typeof parent[key] === 'number') parent[key] = -parent[key];
    }
  }
  return mutated;
}
