/**
 * The ingest's router: says which bytes of a chunk of whole SP frames go to which subscribers. Nothing is decoded, and what a
 * tag goes to is asked of the host once.
 */
import {
  AUDIENCES, BATCH, BATCH_BYTES, END, INPUT, RECEIVERS, SENDER_BYTES, SENDERS, SETS, TOTALS,
} from "./layout";
import { addPiece, clearPieces, gather as gatherPieces, gatheredAt, overflowed, receivers as receiverCount } from "./pieces";
import {
  AUDIENCE, add, closeChunk, entryAt, find, forgetAudiences, forgetTags as sweep, full, NO_ENTRY, setLimits, STALE, tags as tagCount, touch,
} from "./table";
import { bodyAt, fieldEnd, fieldKey, lengthAt, readField, readUpdate, seq, tagAt, tagBytes } from "./update";
export * from "./layout";

/** The audience of a tag; 0: nobody wants it. */
// @ts-ignore: decorator
@external("host", "audience")
declare function askAudience(at: usize, bytes: u32): u32;
// @ts-ignore: decorator
@external("host", "malformed")
declare function sayMalformed(at: usize, bytes: u32): void;

/** Instead of an audience: malformed; a batch whose updates do not all have the same one. */
const BAD: u32 = 0xfffffffe;
const APART: u32 = 0xfffffffd;
const ENTRY_KEY: u64 = (31 << 3) | 2;
const BATCH_KEY: u16 = 0x01fa;

// Offsets of the totals.
const RECEIVED: usize = 0;
const MALFORMED: usize = 8;
const UNMATCHED: usize = 16;
const UNREMEMBERED: usize = 24;

// Offsets in a sender: u32 entry of its last update; u64 each.
const BEFORE: usize = 0;
const LAST_SEQ: usize = 8;
const SENDER_RECEIVED: usize = 16;
const GAPS: usize = 24;
const RESETS: usize = 32;

let sender: usize = 0;
/** Not the second time that a chunk is routed. */
let counting = true;
/** Subscribers from … to are given pieces. */
let subscribersFrom: u32 = 0;
let subscribersTo: u32 = 0;
/** Batches of the chunk that are not passed on whole. */
let batches: u32 = 0;
/** End of the open batch's entries. */
let entries: usize = BATCH;

export function configure(tags: u32, arena: u32, tagLength: u32, random: u32): void {
  setLimits(tags, arena, tagLength, random);
  let pages = <i32>((END + 65_535) >> 16);
  if (memory.size() < pages) memory.grow(pages - memory.size());
}
export function tags(): u32 {
  return tagCount;
}
/** Entry of the tag whose bytes are the first of INPUT; NO_ENTRY: it is not remembered. */
export function entryOf(bytes: u32): u32 {
  return find(INPUT, bytes, NO_ENTRY);
}
export function isFull(): bool {
  return full;
}
export function receivers(): u32 {
  return receiverCount;
}
export function gathered(): usize {
  return gatheredAt;
}
export function gather(subscriber: u32, header: u32): u32 {
  return gatherPieces(subscriber, header);
}
export function forgetAllAudiences(): void {
  forgetAudiences();
}
export function forgetTags(before_us: f64): void {
  sweep(before_us);
}
export function openSender(index: u32): void {
  memory.fill(SENDERS + <usize>index * SENDER_BYTES, 0, SENDER_BYTES);
  store<u32>(SENDERS + <usize>index * SENDER_BYTES, NO_ENTRY, BEFORE);
}

// @ts-ignore: decorator
@inline function count(at: usize, by: u64 = 1): void {
  store<u64>(at, load<u64>(at) + by);
}

/**
 * Routes the whole frames of the first `bytes` of INPUT. @param header bytes before a message. @param first false: the chunk
 * was routed before. @returns bytes of the whole frames.
 */
export function route(index: u32, bytes: u32, header: u32, now_us: f64, first: bool, from: u32, to: u32): u32 {
  sender = SENDERS + <usize>index * SENDER_BYTES;
  counting = first;
  subscribersFrom = from;
  subscribersTo = to;
  batches = 0;
  clearPieces();
  let end = INPUT + bytes;
  let at = INPUT;
  // Neighbours with the same audience are given together.
  let runAudience: u32 = 0;
  let runFrom = at;
  while (at + header <= end) {
    let body = at + header;
    let bytes = bswap<u32>(load<u32>(body - 4));
    if (bytes > <u32>(end - body)) break;
    let next = body + bytes;
    let isBatch = next - body >= 2 && load<u16>(body) == BATCH_KEY;
    let audience = isBatch ? takeBatch(body, next) : takeUpdate(body, next);
    if (audience != runAudience) {
      give(runAudience, runFrom, at, 0);
      runAudience = audience;
      runFrom = at;
    }
    // The entries of a batch that is taken apart come behind what was before it.
    if (audience == APART) giveEntries();
    at = next;
  }
  give(runAudience, runFrom, at, 0);
  if (first) closeChunk(index, now_us);
  return <u32>(at - INPUT);
}

/** Whether the last `route` had too many pieces: fewer subscribers at once will do. */
export function isOverflowed(): bool {
  return overflowed;
}

function give(audience: u32, from: usize, to: usize, batch: u32): void {
  if (audience == 0 || audience >= APART) return;
  let set = SETS + (<usize>load<u32>(AUDIENCES + (<usize>audience << 2)) << 2);
  let end = set + 4 + (<usize>load<u32>(set) << 2);
  for (let at = set + 4; at < end; at += 4) {
    let subscriber = load<u32>(at);
    if (subscriber >= subscribersFrom && subscriber < subscribersTo) addPiece(subscriber, from, to, batch);
  }
}

function bad(from: usize, end: usize): u32 {
  if (counting) {
    count(TOTALS + MALFORMED);
    sayMalformed(from, <u32>(end - from));
  }
  return BAD;
}

/** @returns the audience of an update, or BAD. */
function takeUpdate(from: usize, end: usize): u32 {
  if (!readUpdate(from, end)) return bad(from, end);
  let entry = find(tagAt, tagBytes, load<u32>(sender, BEFORE));
  if (entry == NO_ENTRY) {
    if (hasWildcard()) return bad(from, end);
    entry = add(tagAt, tagBytes);
  }
  store<u32>(sender, entry, BEFORE);
  let audience = entry == NO_ENTRY ? STALE : load<u32>(entryAt(entry), AUDIENCE);
  if (audience == STALE) {
    audience = askAudience(tagAt, tagBytes);
    if (entry != NO_ENTRY) store<u32>(entryAt(entry), audience, AUDIENCE);
  }
  if (counting) {
    followSeq();
    if (audience == 0) count(TOTALS + UNMATCHED);
    if (entry == NO_ENTRY) count(TOTALS + UNREMEMBERED);
    else touch(entry, from, end);
  }
  return audience;
}

function hasWildcard(): bool {
  for (let at = tagAt; at < tagAt + tagBytes; at++) {
    let char = load<u8>(at);
    if (char == 0x2b || char == 0x23) return true;
  }
  return false;
}

function followSeq(): void {
  count(TOTALS + RECEIVED);
  count(sender + SENDER_RECEIVED);
  if (seq == 0) return;
  let last = load<u64>(sender, LAST_SEQ);
  store<u64>(sender, seq, LAST_SEQ);
  if (last == 0 || seq == last + 1) return;
  if (seq > last) count(sender + GAPS, seq - last - 1);
  else count(sender + RESETS);
}

/**
 * A broken batch goes as far as it is sound; what comes behind counts as one malformed message.
 * @returns the audience of all its updates, or APART.
 */
function takeBatch(body: usize, end: usize): u32 {
  entries = BATCH;
  let common = STALE;
  let whole = true;
  for (let at = body; at < end; at = fieldEnd) {
    if (!readField(at, end)) {
      bad(at, end);
      whole = false;
      break;
    }
    if (fieldKey != ENTRY_KEY) continue;
    let from = bodyAt;
    let nested = fieldEnd - from >= 2 && load<u16>(from) == BATCH_KEY;
    let audience = nested ? bad(from, fieldEnd) : takeUpdate(from, fieldEnd);
    if (common == STALE) common = audience;
    if (audience == BAD || audience != common) whole = false;
    if (audience == BAD || audience == 0) continue;
    // A batch is known by the two bytes that it begins with, but a key may be written longer than it needs to be.
    let usual = load<u16>(at) == BATCH_KEY && lengthAt == at + 2;
    store<u32>(entries, <u32>(usual ? at : lengthAt));
    store<u32>(entries, <u32>fieldEnd, 4);
    store<u32>(entries, audience, 8);
    store<u32>(entries, usual ? 0 : 1, 12);
    entries += 16;
  }
  if (!whole) return APART;
  return common == STALE ? 0 : common;
}

function giveEntries(): void {
  batches++;
  for (let at = BATCH; at < entries; at += 16)
    give(load<u32>(at, 8), load<u32>(at), load<u32>(at, 4), (batches << 1) | load<u32>(at, 12));
}
