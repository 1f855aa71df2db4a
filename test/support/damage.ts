/** What disks, cables and people do to bytes. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from './random.ts';

/** Bits flipped, cut off, pieces moved, doubled or overwritten, bytes appended; or several of these. */
export function damage(bytes: Uint8Array, random: Random): Buffer {
  let damaged: Buffer = Buffer.from(bytes);
  do damaged = once(damaged, random);
  while (random.chance(0.3));
  return damaged;
}

const noise = (length: number, random: Random): Buffer => Buffer.from(Array.from({ length }, () => random.int(256)));

function once(bytes: Buffer, random: Random): Buffer {
  const at = random.int(bytes.length + 1);
  const length = random.int(Math.min(4_096, bytes.length - at + 1));
  const piece = bytes.subarray(at, at + length);
  return random.pick<() => Buffer>([
    () => flip(bytes, random),
    () => flip(bytes, random),
    () => Buffer.from(bytes.subarray(0, at)),
    () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]),
    () => Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]),
    () => Buffer.concat([bytes.subarray(0, at), noise(length, random), bytes.subarray(at + length)]),
    () => Buffer.concat([bytes.subarray(0, at), Buffer.alloc(length), bytes.subarray(at + length)]),
    () => Buffer.concat([bytes, noise(1 + random.int(64), random)]),
    () => Buffer.concat([bytes, bytes.subarray(at)]),
  ])();
}

function flip(bytes: Buffer, random: Random): Buffer {
  const flipped = Buffer.from(bytes);
  for (let i = random.int(4); i >= 0 && flipped.length > 0; i -= 1)
    flipped[random.int(flipped.length)]! ^= 1 << random.int(8);
  return flipped;
}

/** Damages some of the files of a folder: perhaps one is gone, or has the content of another. */
export function damageFiles(directory: string, random: Random): void {
  for (let i = random.int(3); i >= 0; i -= 1) {
    const paths = readdirSync(directory, { withFileTypes: true })
      .filter(one => one.isFile())
      .map(one => join(directory, one.name));
    if (paths.length === 0) return;
    const path = random.pick(paths);
    const bytes = readFileSync(random.chance(0.1) ? random.pick(paths) : path);
    if (random.chance(0.05)) rmSync(path);
    else writeFileSync(path, damage(bytes, random));
  }
}
