import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * A file that is appended to and gives way to a new one at a size: file → file.1 → file.2 and so on, file.1 is the newest old
 * one. Every step that fails can be tried again.
 */
export class RotatingFile {
  readonly #path: string;
  readonly #rotate_bytes: number;
  readonly #keep: number;
  #file: FileHandle | null = null;
  #size = 0;

  /** @param rotate_bytes 0: never. @param keep how many old files are kept. */
  constructor(path: string, rotate_bytes: number, keep: number) {
    this.#path = path;
    this.#rotate_bytes = rotate_bytes;
    this.#keep = keep;
  }

  /** Makes folders that are missing. @throws Error of the system */
  async open(append: boolean): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    await this.#open(append ? 'a' : 'w');
  }

  /** Gives way to a new file when so many bytes more would be too many. @throws Error of the system */
  async makeRoom(bytes: number): Promise<void> {
    const isFull = this.#rotate_bytes > 0 && this.#size > 0 && this.#size + bytes > this.#rotate_bytes;
    if (isFull && this.#file) {
      const file = this.#file;
      this.#file = null;
      await file.close();
    }
    if (this.#file) return;
    // Not full and closed: an earlier attempt has come as far as here.
    if (isFull) await this.#shift();
    await this.#open('a');
  }

  /** @returns bytes written, at least 1. @throws Error of the system */
  async write(bytes: Buffer): Promise<number> {
    const { bytesWritten } = await this.#file!.write(bytes);
    if (bytesWritten === 0) throw new Error('no byte could be written');
    this.#size += bytesWritten;
    return bytesWritten;
  }

  /** What was written outlives a power cut when this resolves. @throws Error of the system */
  async sync(): Promise<void> {
    await this.#file?.datasync();
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  async #open(flags: 'a' | 'w'): Promise<void> {
    this.#file = await open(this.#path, flags);
    this.#size = (await this.#file.stat()).size;
  }

  /** Only up to the first gap: what an earlier attempt has moved already stays where it is. */
  async #shift(): Promise<void> {
    const name = (index: number): string => (index === 0 ? this.#path : `${this.#path}.${index}`);
    let gap = 0;
    while (gap < this.#keep && (await exists(name(gap)))) gap += 1;
    await rm(name(gap), { force: true });
    for (let i = gap - 1; i >= 0; i -= 1) await rename(name(i), name(i + 1));
    this.#size = 0;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
