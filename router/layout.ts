/**
 * Where things stand in the router's memory. All of it is laid out at once: pages that nobody has touched take no memory.
 * The host reads these numbers from the exports.
 */
const PAGE: usize = 65_536;
const KIB: usize = 1_024;

export const TAGS_MAX: usize = 131_072;
export const SENDERS_MAX: usize = 1_024;
export const SUBSCRIBERS_MAX: usize = 1_024;
export const ARENA_BYTES: usize = 16 * KIB * KIB;
export const MESSAGE_BYTES_MAX: usize = 512 * KIB;
/** Bytes of the last update kept of each tag. */
export const UPDATE_BYTES: usize = 128;
export const AUDIENCES_MAX: usize = 131_072;
/** Subscribers in all audiences together. */
export const SETS_MAX: usize = 1_048_576;
/** Pieces in one go: more than the entries of the longest batch, so that one subscriber always fits. */
export const PIECES_MAX: usize = 131_072;
/** Bytes that may be read and written behind a message. */
const SLACK: usize = 64;
const CHUNK: usize = MESSAGE_BYTES_MAX + SLACK;

/** u64: received, malformed, unmatched, unremembered. */
export const TOTALS: usize = PAGE;
export const SENDERS: usize = TOTALS + 64;
export const SENDER_BYTES: usize = 64;
export const ENTRIES: usize = SENDERS + SENDERS_MAX * SENDER_BYTES;
/** A line of the processor's cache. */
export const ENTRY_BYTES: usize = 64;
export const PLACES: usize = ENTRIES + TAGS_MAX * ENTRY_BYTES;
/** Of places; twice the tags. */
export const PLACES_MAX: usize = TAGS_MAX * 2;
export const UPDATES: usize = PLACES + PLACES_MAX * 4;
export const ARENA: usize = UPDATES + TAGS_MAX * UPDATE_BYTES;
export const TOUCHED: usize = ARENA + ARENA_BYTES + SLACK;
export const INPUT: usize = TOUCHED + TAGS_MAX * 4;
export const OUTPUT: usize = INPUT + CHUNK;
/** Entries of the open batch: u32 from, end, audience, 1 when its key is to be written. */
export const BATCH: usize = OUTPUT + CHUNK;
export const BATCH_BYTES: usize = (CHUNK / 4) * 16;
/** u32 from, to, next (0: none), batch. The first place stays empty. */
export const PIECES: usize = BATCH + BATCH_BYTES;
export const PIECE_BYTES: usize = 16;
/** u32 first and last piece. */
export const ENDS: usize = PIECES + PIECES_MAX * PIECE_BYTES;
export const RECEIVERS: usize = ENDS + SUBSCRIBERS_MAX * 8;
/** u32 index into SETS of an audience's count, which its subscribers follow. */
export const AUDIENCES: usize = RECEIVERS + SUBSCRIBERS_MAX * 4;
export const SETS: usize = AUDIENCES + AUDIENCES_MAX * 4;
export const END: usize = SETS + SETS_MAX * 4;
