import { join } from 'node:path';
import type { DeadLetterDto } from '#api';
import type { Client } from '#client';
import { GatewayError } from '#diagnostic';
import { allOf } from './gateway/connect.ts';

export interface FullLetter extends DeadLetterDto {
  readonly message: Uint8Array;
}
export interface Changed {
  readonly done: number;
  readonly problems: readonly string[];
}

/** Dead letters of one flow, wherever they are. */
export interface Letters {
  /** How one asks for them, for hints. */
  readonly asked: string;
  /** Newest first, at most so many; `more`: there are others. */
  list(most: number): Promise<{ items: DeadLetterDto[]; more: boolean }>;
  /** Undefined where there is none of that id. */
  read(ids: readonly string[]): Promise<(FullLetter | undefined)[]>;
  all(): Promise<FullLetter[]>;
  /** Letters that went because there were too many. */
  dropped(): Promise<number>;
  /** @returns a text that says why not */
  change(what: 'retry' | 'drop', ids: 'all' | number[]): Promise<Changed | string>;
}

/** In the folder of a flow that was started with `fusewire run --state`. */
export async function folderLetters(state: string): Promise<Letters> {
  const { askControl, DeadLetters, readDeadLetters, readDropped } = await import('#gateway');
  const all = async (): Promise<FullLetter[]> =>
    readDeadLetters(join(state, 'dead-letters'))
      .reverse()
      .map(one => ({ ...one, path: [...one.path] }));
  /** Nobody runs with the folder: its letters can be dropped all the same. */
  const dropAlone = (ids: 'all' | number[]): Changed & { ok: true } => {
    const store = new DeadLetters(join(state, 'dead-letters'));
    const wanted = ids === 'all' ? store.list().map(one => one.id) : ids;
    const problems = wanted.filter(id => !store.drop(id)).map(id => `${id}: there is none`);
    store.close();
    return { ok: true, done: wanted.length - problems.length, problems };
  };
  return {
    asked: `--state ${state}`,
    list: async most => {
      const letters = await all();
      return { items: letters.slice(0, most).map(({ message: _, ...head }) => head), more: letters.length > most };
    },
    read: async ids => {
      const letters = await all();
      return ids.map(id => letters.find(one => String(one.id) === id));
    },
    all,
    dropped: async () => readDropped(join(state, 'dead-letters')),
    change: async (what, ids) => {
      const answer = await askControl(state, { do: what, ids });
      if (answer) return answer.ok ? answer : answer.message;
      return what === 'drop' ? dropAlone(ids) : `no flow runs with ${state}: start it to retry its dead letters`;
    },
  };
}

/** Of a flow on a gateway. */
export function gatewayLetters(client: Client, flow: string): Letters {
  const params = { flow };
  const read = async (id: string): Promise<FullLetter | undefined> => {
    if (!/^\d{1,15}$/.test(id)) return undefined;
    const one = { flow, letter: Number(id) };
    try {
      const { message: _, ...head } = await client.call('getDeadLetter', { params: one });
      return { ...head, message: await client.call('getDeadLetterMessage', { params: one }) };
    } catch (error) {
      if ((error as { status?: number }).status === 404 && (await isThere(client, flow))) return undefined;
      throw error;
    }
  };
  return {
    asked: `--flow ${flow}`,
    list: async most => {
      const { items, next } = await allOf(query => client.call('listDeadLetters', { params, query }), most);
      return { items, more: next !== null };
    },
    read: ids => Promise.all(ids.map(read)),
    all: async () => lettersOf(await client.call('exportDeadLetters', { params }), client.url),
    dropped: async () => (await client.call('listDeadLetters', { params, query: { limit: 1 } })).dropped,
    change: (what, ids) => {
      const route = what === 'retry' ? 'retryDeadLetters' : 'dropDeadLetters';
      return client.call(route, { params, body: { ids } });
    },
  };
}

/** A missing letter is no failure, a missing flow is. */
const isThere = async (client: Client, flow: string): Promise<boolean> =>
  (await client.call('getFlow', { params: { flow } })).id === flow;

function lettersOf(jsonl: Uint8Array, url: string): FullLetter[] {
  const lines = Buffer.from(jsonl).toString('utf8').split('\n').filter(Boolean);
  try {
    return lines.map(line => {
      const { message_base64, ...head } = JSON.parse(line) as DeadLetterDto & { message_base64: string };
      return { ...head, message: new Uint8Array(Buffer.from(message_base64, 'base64')) };
    });
  } catch (error) {
    throw new GatewayError('answer-invalid', url, `dead letters: ${(error as Error).message}`, error);
  }
}
