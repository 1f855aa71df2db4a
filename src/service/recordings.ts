import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { GatewayError } from '#diagnostic';
import type { FlowHost } from './flow-host.ts';

/** Recordings of flows, as files in their folders. */
export class RecordingFiles {
  readonly #host: (flow: string) => FlowHost;
  readonly #folder: (flow: string) => string;

  constructor(host: (flow: string) => FlowHost, folder: (flow: string) => string) {
    this.#host = host;
    this.#folder = folder;
  }

  /** Records the last moments. @returns its name. @throws GatewayError not-running, storage-failed */
  async make(flow: string): Promise<string> {
    return basename(await this.#host(flow).running().record());
  }

  /** Newest first. */
  list(flow: string): { name: string; bytes: number; time: string }[] {
    this.#host(flow);
    const folder = join(this.#folder(flow), 'recordings');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter(name => name.endsWith('.rec'))
      .sort()
      .reverse()
      .map(name => {
        const { size, mtime } = statSync(join(folder, name));
        return { name, bytes: size, time: mtime.toISOString() };
      });
  }

  /** @param name one that `list` gives: nothing else is looked for. @throws GatewayError not-found */
  read(flow: string, name: string): Uint8Array {
    if (!this.list(flow).some(one => one.name === name))
      throw new GatewayError('not-found', `${flow} ${name}`, 'there is no such recording');
    return new Uint8Array(readFileSync(join(this.#folder(flow), 'recordings', name)));
  }
}
