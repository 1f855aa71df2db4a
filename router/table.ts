/** The tags seen lately: found by their bytes, each with its audience and with what is shown of it. */
import { ARENA, ENTRIES, ENTRY_BYTES, PLACES, PLACES_MAX, TAGS_MAX, TOUCHED, UPDATES, UPDATE_BYTES } from "./layout";

/** Instead of an entry: there is none. */
export const NO_ENTRY: u32 = 0xffffffff;
/** Instead of an audience: to be looked up. */
export const STALE: u32 = 0xffffffff;

// Offsets in an entry.
export const HASH: usize = 0;
export const TAG_AT: usize = 4;
export const TAG_BYTES: usize = 8;
/** The entry that came behind this one the last time: drivers send in rounds. */
export const FOLLOWER: usize = 12;
export const AUDIENCE: usize = 16;
/** The chunk that has touched it last. */
export const CHUNK: usize = 20;
/** Where its last update stands in that chunk. */
export const LAST_AT: usize = 24;
export const LAST_END: usize = 28;
/** Of the update that is kept; 0: none, it was too long. */
export const KEPT_BYTES: usize = 32;
export const DRIVER: usize = 36;
/** f64 */
export const COUNT: usize = 40;
/** f64, µs since the Unix epoch. */
export const SEEN: usize = 48;

/** Places looked at for one tag, whatever its hash. */
const PROBES: u32 = 64;
const MASK: u32 = <u32>PLACES_MAX - 1;

let tagsMax: u32 = <u32>TAGS_MAX;
let arenaMax: u32 = 0;
let tagBytesMax: u32 = 0;
let seed: u64 = 0;
export let tags: u32 = 0;
let arenaEnd: u32 = 0;
let touched: u32 = 0;
let chunk: u32 = 1;
/** A tag had no room since the last look. */
export let full = false;

/** @param random so that nobody outside knows which tags share a place. */
export function setLimits(tagCount: u32, arena: u32, tagBytes: u32, random: u32): void {
  tagsMax = tagCount;
  arenaMax = arena;
  tagBytesMax = tagBytes;
  seed = <u64>random * 0x9e3779b97f4a7c15;
}

// @ts-ignore: decorator
@inline export function entryAt(entry: u32): usize {
  return ENTRIES + (<usize>entry << 6);
}
// @ts-ignore: decorator
@inline function placeAt(hash: u32, probe: u32): usize {
  return PLACES + (<usize>((hash + probe) & MASK) << 2);
}

/** Bytes behind both may be read: they are masked. */
// @ts-ignore: decorator
@inline function same(a: usize, b: usize, bytes: u32): bool {
  let i: u32 = 0;
  for (; i + 8 <= bytes; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false;
  if (i == bytes) return true;
  return ((load<u64>(a + i) ^ load<u64>(b + i)) << ((8 - (bytes - i)) << 3)) == 0;
}

function hashOf(at: usize, bytes: u32): u32 {
  let hash = seed ^ bytes;
  let i: u32 = 0;
  for (; i + 8 <= bytes; i += 8) hash = rotl((hash ^ load<u64>(at + i)) * 0x9e3779b97f4a7c15, 29);
  if (i < bytes) hash = (hash ^ (load<u64>(at + i) << ((8 - (bytes - i)) << 3))) * 0x9e3779b97f4a7c15;
  hash ^= hash >> 32;
  return <u32>(hash * 0xff51afd7ed558ccd >> 32);
}

/** @param before the entry of the driver's update before, or NO_ENTRY. */
export function find(at: usize, bytes: u32, before: u32): u32 {
  if (before != NO_ENTRY) {
    let guess = load<u32>(entryAt(before), FOLLOWER);
    if (guess < tags && isTag(guess, at, bytes)) return guess;
  }
  let hash = hashOf(at, bytes);
  for (let probe: u32 = 0; probe < PROBES; probe++) {
    let place = load<u32>(placeAt(hash, probe));
    if (place == 0) break;
    if (load<u32>(entryAt(place - 1), HASH) != hash || !isTag(place - 1, at, bytes)) continue;
    if (before != NO_ENTRY) store<u32>(entryAt(before), place - 1, FOLLOWER);
    return place - 1;
  }
  return NO_ENTRY;
}

// @ts-ignore: decorator
@inline function isTag(entry: u32, at: usize, bytes: u32): bool {
  let line = entryAt(entry);
  return load<u32>(line, TAG_BYTES) == bytes && same(load<u32>(line, TAG_AT), at, bytes);
}

/** Adds a tag that `find` did not find. @returns NO_ENTRY when there is no room. */
export function add(at: usize, bytes: u32): u32 {
  if (bytes > tagBytesMax) return NO_ENTRY;
  if (tags >= tagsMax || arenaEnd + bytes > arenaMax) {
    full = true;
    return NO_ENTRY;
  }
  let hash = hashOf(at, bytes);
  if (!place(tags, hash)) return NO_ENTRY;
  let line = entryAt(tags);
  memory.fill(line, 0, ENTRY_BYTES);
  store<u32>(line, hash, HASH);
  store<u32>(line, <u32>ARENA + arenaEnd, TAG_AT);
  store<u32>(line, bytes, TAG_BYTES);
  store<u32>(line, tags, FOLLOWER);
  store<u32>(line, STALE, AUDIENCE);
  memory.copy(ARENA + arenaEnd, at, bytes);
  arenaEnd += bytes;
  return tags++;
}

function place(entry: u32, hash: u32): bool {
  for (let probe: u32 = 0; probe < PROBES; probe++) {
    if (load<u32>(placeAt(hash, probe)) != 0) continue;
    store<u32>(placeAt(hash, probe), entry + 1);
    return true;
  }
  return false;
}

/** Counts an update; the last one of a chunk is kept when the chunk is closed. */
export function touch(entry: u32, from: usize, end: usize): void {
  let line = entryAt(entry);
  store<f64>(line, load<f64>(line, COUNT) + 1, COUNT);
  store<u32>(line, <u32>from, LAST_AT);
  store<u32>(line, <u32>end, LAST_END);
  if (load<u32>(line, CHUNK) == chunk) return;
  store<u32>(line, chunk, CHUNK);
  store<u32>(TOUCHED + (<usize>touched << 2), entry);
  touched++;
}

/** Keeps the last update of each tag that was touched. */
export function closeChunk(driver: u32, now_us: f64): void {
  for (let i: u32 = 0; i < touched; i++) {
    let entry = load<u32>(TOUCHED + (<usize>i << 2));
    let line = entryAt(entry);
    let from = <usize>load<u32>(line, LAST_AT);
    let bytes = load<u32>(line, LAST_END) - <u32>from;
    let keep = <usize>bytes <= UPDATE_BYTES;
    store<f64>(line, now_us, SEEN);
    store<u32>(line, driver, DRIVER);
    store<u32>(line, keep ? bytes : 0, KEPT_BYTES);
    if (!keep) continue;
    let to = UPDATES + <usize>entry * UPDATE_BYTES;
    for (let at: usize = 0; at < <usize>bytes; at += 16) v128.store(to + at, v128.load(from + at));
  }
  touched = 0;
  // 0 is that of entries never touched.
  chunk = chunk == 0xffffffff ? 1 : chunk + 1;
}

export function forgetAudiences(): void {
  for (let entry: u32 = 0; entry < tags; entry++) store<u32>(entryAt(entry), STALE, AUDIENCE);
}

/** Forgets tags not seen since a time, between two chunks: there is room for others. */
export function forgetTags(before_us: f64): void {
  let count = tags;
  full = false;
  tags = 0;
  arenaEnd = 0;
  memory.fill(PLACES, 0, PLACES_MAX << 2);
  for (let entry: u32 = 0; entry < count; entry++) {
    let line = entryAt(entry);
    if (load<f64>(line, SEEN) < before_us || !place(tags, load<u32>(line, HASH))) continue;
    let bytes = load<u32>(line, TAG_BYTES);
    memory.copy(ARENA + arenaEnd, load<u32>(line, TAG_AT), bytes);
    store<u32>(line, <u32>ARENA + arenaEnd, TAG_AT);
    store<u32>(line, tags, FOLLOWER);
    memory.copy(entryAt(tags), line, ENTRY_BYTES);
    memory.copy(UPDATES + <usize>tags * UPDATE_BYTES, UPDATES + <usize>entry * UPDATE_BYTES, UPDATE_BYTES);
    arenaEnd += bytes;
    tags++;
  }
}
