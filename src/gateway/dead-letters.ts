import { join } from 'node:path';
import { FLOW_LIMITS } from '#abi';
import { GatewayError } from '#diagnostic';
import { type LogEntry, type LogLimits, PositionFile, readLog, readPosition, SegmentLog } from '#storage';

export type LetterKind =
  /** `handle` returned an error: the message of that node. */
  | 'error'
  /** The record ended in a fault and never happened: the whole record. */
  | 'fault'
  /** A tick ended in a fault: there is no message. */
  | 'tick'
  /** A sink's other side refused the output for good. */
  | 'output';

/** What is known of a dead letter, beside its message. */
export interface LetterHead {
  readonly kind: LetterKind;
  readonly node: string;
  readonly node_type: string;
  /** Input port of the node; the message can be handed to it again. */
  readonly port: string | null;
  /** For people. */
  readonly reason: string;
  /** Number of the ingress record, from 1. */
  readonly record: number;
  /** Nodes that the record went through, from the source to `node`. Empty: not known. */
  readonly path: readonly string[];
  /** Number of the output within the flow; the same letter after a replay has the same. */
  readonly sequence: number;
}
export interface Letter extends LetterHead {
  readonly id: number;
  readonly time: string;
  readonly message_bytes: number;
}
export interface FullLetter extends Letter {
  readonly message: Uint8Array;
}

export interface DeadLetterStats {
  readonly kept: number;
  readonly bytes: number;
  /** Went because there were too many, or were never kept because they came too fast; with a folder, since it was made. */
  readonly dropped: number;
}

export const DEAD_LETTER_LIMITS = { bytes: 64 * 1024 * 1024, segment_bytes: 1024 * 1024 } as const;
/** The file that says how many were dropped, and how long it may lag behind. */
const COUNT_FILE = 'dropped';
const COUNT_MS = 1_000;

/**
 * Dead letters of one flow, newest last. In a folder they outlive the process; without one they are kept in memory.
 * Beyond the limits the oldest go, and are counted.
 */
export class DeadLetters {
  readonly #letters = new Map<number, Letter>();
  /** Messages, when there is no folder. */
  readonly #messages = new Map<number, Uint8Array>();
  readonly #sequences = new Set<number>();
  readonly #log: SegmentLog | null;
  readonly #count: PositionFile | null;
  #counting: NodeJS.Timeout | null = null;
  readonly #most: number;
  readonly #limits: LogLimits;
  #bytes = 0;
  #dropped = 0;
  #next = 0;

  /** @throws GatewayError storage-failed */
  constructor(directory: string | null, letters_max: number = FLOW_LIMITS.dead_letters.default) {
    this.#most = letters_max;
    this.#limits = { segment_bytes: DEAD_LETTER_LIMITS.segment_bytes, bytes: 2 * DEAD_LETTER_LIMITS.bytes };
    this.#log = directory === null ? null : new SegmentLog(directory, this.#limits);
    this.#count = directory === null ? null : new PositionFile(join(directory, COUNT_FILE));
    this.#dropped = this.#count?.value ?? 0;
    if (this.#log) this.#read(this.#log);
  }

  get stats(): DeadLetterStats {
    return { kept: this.#letters.size, bytes: this.#bytes, dropped: this.#dropped };
  }

  /** @returns the letter; null when it is here already (the record ran again after a restart). */
  add(head: LetterHead, message: Uint8Array): Letter | null {
    if (head.kind !== 'output' && this.#sequences.has(head.sequence)) return null;
    const time_ms = Date.now();
    const text = Buffer.from(JSON.stringify(head));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.length);
    this.#makeRoom(message.length + text.length);
    const id = this.#log ? this.#log.append([length, text, message], time_ms) : this.#next;
    this.#next = id + 1;
    if (!this.#log) this.#messages.set(id, message.slice());
    return this.#keep({ ...head, id, time: new Date(time_ms).toISOString(), message_bytes: message.length });
  }

  /** One that is not kept, and only counted. */
  leaveOut(): void {
    this.#dropped += 1;
    if (this.#count) this.#counting ??= setTimeout(() => this.#writeCount(), COUNT_MS).unref();
  }

  /** Newest first. */
  list(): Letter[] {
    return [...this.#letters.values()].reverse();
  }

  /** @returns null when there is none. */
  get(id: number): FullLetter | null {
    const letter = this.#letters.get(id);
    if (!letter) return null;
    const kept = this.#messages.get(id);
    if (kept) return { ...letter, message: kept };
    for (const { index, body } of this.#log!.read(id)) {
      if (index !== id) break;
      return { ...letter, message: body.subarray(4 + body.readUInt32LE(0)) };
    }
    return null;
  }

  /** @returns false when there is none. */
  drop(id: number): boolean {
    const letter = this.#letters.get(id);
    if (!letter) return false;
    // An entry without a head says that the letter is gone.
    const gone = Buffer.alloc(12);
    gone.writeDoubleLE(id, 4);
    if (this.#log) this.#next = this.#log.append([gone]) + 1;
    this.#forget(letter);
    return true;
  }

  close(): void {
    this.#writeCount();
    this.#count?.close();
    this.#log?.close();
  }

  #writeCount(): void {
    if (this.#counting) clearTimeout(this.#counting);
    this.#counting = null;
    try {
      if (this.#count) this.#count.value = this.#dropped;
    } catch (error) {
      // A disk that is full: the number is in memory, and the next one is written later.
      if (!(error instanceof GatewayError)) throw error;
    }
  }

  #keep(letter: Letter): Letter {
    this.#letters.set(letter.id, letter);
    this.#sequences.add(letter.sequence);
    this.#bytes += letter.message_bytes;
    return letter;
  }

  #forget(letter: Letter): void {
    this.#letters.delete(letter.id);
    this.#messages.delete(letter.id);
    this.#sequences.delete(letter.sequence);
    this.#bytes -= letter.message_bytes;
    this.#log?.release(this.#letters.keys().next().value ?? this.#log.next);
  }

  #makeRoom(bytes: number): void {
    const tooMuch = (): boolean =>
      this.#letters.size >= this.#most ||
      this.#bytes + bytes > DEAD_LETTER_LIMITS.bytes ||
      (this.#log !== null && !this.#log.hasRoom(bytes + DEAD_LETTER_LIMITS.segment_bytes));
    for (const letter of this.#letters.values()) {
      if (!tooMuch()) return;
      this.#forget(letter);
      this.leaveOut();
    }
  }

  #read(log: SegmentLog): void {
    for (const letter of lettersIn(log.read(log.first)).values()) this.#keep(headOf(letter));
    this.#next = log.next;
  }
}

/** Dead letters in a folder that a running flow may be writing to, oldest first. @throws GatewayError storage-failed */
export const readDeadLetters = (directory: string): FullLetter[] => [...lettersIn(readLog(directory)).values()];

/** How many letters of a folder were dropped, up to a second ago. @throws GatewayError storage-failed */
export const readDropped = (directory: string): number => readPosition(join(directory, COUNT_FILE));

/** Without the message, which may be large. */
const headOf = ({ message: _, ...head }: FullLetter): Letter => head;

/** What a log's entries say is here: letters, and that some are gone. */
function lettersIn(entries: Iterable<LogEntry>): Map<number, FullLetter> {
  const letters = new Map<number, FullLetter>();
  for (const { index, time_ms, body } of entries) {
    const length = body.readUInt32LE(0);
    if (length === 0) {
      letters.delete(body.readDoubleLE(4));
      continue;
    }
    const head = JSON.parse(body.toString('utf8', 4, 4 + length)) as LetterHead;
    const message = body.subarray(4 + length);
    const time = new Date(time_ms).toISOString();
    letters.set(index, { ...head, id: index, time, message_bytes: message.length, message });
  }
  return letters;
}
