/** What of one chunk goes to each subscriber: ranges of its bytes in their order, neighbours joined. */
import { ENDS, OUTPUT, PIECE_BYTES, PIECES, PIECES_MAX, RECEIVERS } from "./layout";

// Offsets in a piece.
const FROM: usize = 0;
const TO: usize = 4;
const NEXT: usize = 8;
/** 0: whole frames; else entries of a batch: twice its number in the chunk, plus 1 when the key is to be written. */
const BATCH: usize = 12;

/** Key of field 31, length-delimited. */
const BATCH_KEY: u16 = 0x01fa;

/** Piece 0 stands for none. */
let count: u32 = 1;
/** Subscribers that have pieces. */
export let receivers: u32 = 0;
export let overflowed = false;

// @ts-ignore: decorator
@inline function pieceAt(piece: u32): usize {
  return PIECES + <usize>piece * PIECE_BYTES;
}
// @ts-ignore: decorator
@inline function endsOf(subscriber: u32): usize {
  return ENDS + (<usize>subscriber << 3);
}

export function clearPieces(): void {
  for (let i: u32 = 0; i < receivers; i++) store<u32>(endsOf(load<u32>(RECEIVERS + (<usize>i << 2))), 0);
  count = 1;
  receivers = 0;
  overflowed = false;
}

export function addPiece(subscriber: u32, from: usize, to: usize, batch: u32): void {
  let ends = endsOf(subscriber);
  let first = load<u32>(ends);
  let last = pieceAt(load<u32>(ends, 4));
  if (first != 0 && load<u32>(last, TO) == <u32>from && load<u32>(last, BATCH) >> 1 == batch >> 1 && (batch & 1) == 0) {
    store<u32>(last, <u32>to, TO);
    return;
  }
  if (count == <u32>PIECES_MAX) {
    overflowed = true;
    return;
  }
  let piece = pieceAt(count);
  store<u32>(piece, <u32>from, FROM);
  store<u32>(piece, <u32>to, TO);
  store<u32>(piece, 0, NEXT);
  store<u32>(piece, batch, BATCH);
  if (first != 0) store<u32>(last, count, NEXT);
  else {
    store<u32>(ends, count);
    store<u32>(RECEIVERS + (<usize>receivers << 2), subscriber);
    receivers++;
  }
  store<u32>(ends, count++, 4);
}

/** Where `gather` has left a subscriber's part. */
export let gatheredAt: usize = 0;

/** A subscriber's part as whole frames: where it stands in the chunk when it is one range, else gathered. @returns bytes */
export function gather(subscriber: u32, header: u32): u32 {
  let piece = pieceAt(load<u32>(endsOf(subscriber)));
  if (load<u32>(piece, NEXT) == 0 && load<u32>(piece, BATCH) == 0) {
    gatheredAt = load<u32>(piece, FROM);
    return load<u32>(piece, TO) - <u32>gatheredAt;
  }
  let end = OUTPUT;
  let frame = OUTPUT;
  let batch: u32 = 0;
  for (;;) {
    let own = load<u32>(piece, BATCH);
    if (own >> 1 != batch) {
      if (batch != 0) writeHeader(frame, header, end);
      batch = own >> 1;
      frame = end;
      if (batch != 0) end += header;
    }
    if ((own & 1) != 0) {
      store<u16>(end, BATCH_KEY);
      end += 2;
    }
    let from = <usize>load<u32>(piece, FROM);
    let bytes = <usize>load<u32>(piece, TO) - from;
    if (bytes > 256) memory.copy(end, from, bytes);
    else for (let at: usize = 0; at < bytes; at += 16) v128.store(end + at, v128.load(from + at));
    end += bytes;
    let next = load<u32>(piece, NEXT);
    if (next == 0) break;
    piece = pieceAt(next);
  }
  if (batch != 0) writeHeader(frame, header, end);
  gatheredAt = OUTPUT;
  return <u32>(end - OUTPUT);
}

/** Of an SP frame that ends at `end`: its length in 8 bytes, over IPC 0x01 before it. */
function writeHeader(frame: usize, header: u32, end: usize): void {
  let body = frame + header;
  store<u8>(frame, 1);
  store<u64>(body - 8, bswap<u64>(<u64>(end - body)));
}
