/** A model of the ingest: patterns matched one by one, messages read field by field; and drivers without sockets. */
import { encodeTagBatch, encodeTagUpdate, FRAMING, readMessage, type TagUpdate } from '#abi';
import type { FrameTaker, PullConnection } from '#connectors';
import type { Ingest } from '#ingest';
import { frames } from './generate.ts';
import type { Random } from './random.ts';

/** MQTT's matching by its own words, level by level. */
export function matches(pattern: string, tag: string): boolean {
  const [levels, names] = [pattern.split('/'), tag.split('/')];
  if (tag.startsWith('$') && (levels[0] === '+' || levels[0] === '#')) return false;
  for (let i = 0; i < levels.length; i += 1) {
    if (levels[i] === '#') return names.length >= i;
    if (i >= names.length || (levels[i] !== '+' && levels[i] !== names[i])) return false;
  }
  return levels.length === names.length;
}

const LEVELS = ['a', 'b', 'ab', 'ä', '', '$x', 'a_long_level_of_a_tag'];
export const randomTag = (random: Random): string => {
  const tag = Array.from({ length: 1 + random.int(3) }, () => random.pick(LEVELS)).join('/');
  return tag === '' ? 'a' : tag;
};
export const randomPattern = (random: Random): string => {
  const levels = Array.from({ length: 1 + random.int(3) }, () => random.pick([...LEVELS, '+', '+']));
  if (random.chance(0.4)) levels.push('#');
  const pattern = levels.join('/');
  return pattern === '' ? '+' : pattern;
};

/** An update, or a batch of some. @param next numbers them all */
export function randomUpdates(random: Random, next: () => number): Uint8Array {
  const update = (): Uint8Array => encodeTagUpdate({ tag: randomTag(random), timestamp: 1, seq: next() });
  return random.chance(0.3) ? encodeTagBatch(Array.from({ length: 1 + random.int(6) }, update)) : update();
}

/** Updates in whole frames; throws when they are not. */
export function updatesIn(span: Uint8Array, framing: number): TagUpdate[] {
  const header = framing === FRAMING.sp_ipc ? 9 : 8;
  const bytes = Buffer.from(span);
  const updates: TagUpdate[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (header === 9 && bytes[at] !== 1) throw new Error('an IPC frame begins with 1');
    const body = at + header;
    const end = body + Number(bytes.readBigUInt64BE(body - 8));
    if (end > bytes.length) throw new Error('a frame is cut');
    const read = readMessage(bytes.subarray(body, end));
    if ('problem' in read) throw new Error(read.problem);
    updates.push(...(read.kind === 'update' ? [read.update] : read.updates));
    at = end;
  }
  return updates;
}

/** A driver that is connected without a socket; held when a span was not taken. */
export class FakeDriver implements PullConnection {
  readonly framing: number;
  readonly peer: string;
  bytes = 0;
  readonly #taker: FrameTaker;
  readonly #spans: Uint8Array[] = [];

  constructor(ingest: Ingest, ipc = false, peer = 'fake') {
    this.framing = ipc ? FRAMING.sp_ipc : FRAMING.sp_tcp;
    this.peer = peer;
    const taker = ingest.connect(this);
    if (!taker) throw new Error('there are as many drivers as there may be');
    this.#taker = taker;
  }

  get paused(): boolean {
    return this.#spans.length > 0;
  }

  /** Sends messages in one span; while it is held, they wait behind. */
  send(messages: readonly Uint8Array[]): void {
    this.#spans.push(frames(messages, this.framing === FRAMING.sp_ipc));
    if (this.#spans.length === 1) this.resume();
  }

  resume(): void {
    for (let span = this.#spans[0]; span; span = this.#spans[0]) {
      if (!this.#taker.take(span)) return;
      this.bytes += span.length;
      this.#spans.shift();
    }
  }

  leave(): void {
    this.#taker.gone();
  }
}
