import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const OUTER_SIZE = '6G';
const DISK_SIZE = '400M';
const BUSY_MS = 100;

const run = (command: string, ...args: string[]): void =>
  void execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });

/**
 * A disk whose power can be cut: ext4 in a file that lies on btrfs, where a copy shares its blocks with the original and is
 * made in one moment. What was written and not yet synced is still in the memory of the system that is cut off, and so it is
 * not in the copy. Linux, as root, with btrfs-progs and e2fsprogs.
 */
export class Disk {
  /** Where it is mounted. */
  readonly root: string;
  readonly #folder: string;
  readonly #image: string;
  readonly #other: string;

  /** @param folder an empty one */
  constructor(folder: string) {
    const outer = join(folder, 'outer');
    this.#folder = outer;
    this.root = join(folder, 'disk');
    this.#other = join(folder, 'after');
    this.#image = join(outer, 'disk.img');
    for (const one of [outer, this.root, this.#other]) mkdirSync(one);
    run('truncate', '-s', OUTER_SIZE, `${outer}.img`);
    run('mkfs.btrfs', '-q', `${outer}.img`);
    run('mount', '-o', 'loop', `${outer}.img`, outer);
    run('truncate', '-s', DISK_SIZE, this.#image);
    run('mkfs.ext4', '-q', this.#image);
    run('mount', '-o', 'loop', this.#image, this.root);
  }

  /** What would be there after a power cut now. @returns for `plugIn` */
  cut(name: string): string {
    const image = join(this.#folder, `${name}.img`);
    run('cp', '--reflink=always', this.#image, image);
    return image;
  }

  /** The power is back: mounts what was cut off, and looks. */
  async plugIn<T>(image: string, look: (root: string) => Promise<T>): Promise<T> {
    run('mount', '-o', 'loop', image, this.#other);
    try {
      return await look(this.#other);
    } finally {
      await this.#unmount(this.#other);
    }
  }

  async remove(): Promise<void> {
    await this.#unmount(this.root);
    await this.#unmount(this.#folder);
  }

  /** Somebody may still have it open for a moment. */
  async #unmount(path: string): Promise<void> {
    for (let attempt = 0; attempt < 50; attempt += 1) {
      try {
        return run('umount', path);
      } catch {
        await sleep(BUSY_MS);
      }
    }
    throw new Error(`${path} stays in use`);
  }
}
