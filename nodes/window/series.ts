/** Messages of one tag that wait for their window, in order of timestamp. Their blocks are used again. */
import { TagState } from "../lib/tags";

/** Blocks of this size are used again; longer messages get blocks of their own. */
const BLOCK_BYTES: u32 = 160;

/** One held message; its bytes follow. */
@unmanaged
export class Held {
  next: usize = 0;
  time: i64 = 0;
  len: u32 = 0;
}
export const HELD: usize = offsetof<Held>();

@unmanaged
export class Series extends TagState {
  first: usize = 0;
  last: usize = 0;
  held: u32 = 0;
  /** Greatest timestamp seen. */
  newest: i64 = 0;
  /** End of the last closed window; nothing before it is taken any more. */
  closed: i64 = i64.MIN_VALUE;
}

/** Held in all series together. */
export let messages: u32 = 0;
export let bytes: u32 = 0;
let freeBlocks: usize = 0;

/** Keeps the list sorted: new messages mostly go to its end. */
export function hold(series: Series, time: i64, ptr: usize, len: u32): void {
  let held = block(len);
  held.time = time;
  held.len = len;
  memory.copy(changetype<usize>(held) + HELD, ptr, len);
  messages++;
  bytes += len;
  series.held++;
  let before: usize = 0;
  if (series.last != 0 && changetype<Held>(series.last).time <= time) before = series.last;
  else for (let at = series.first; at != 0 && changetype<Held>(at).time <= time; at = changetype<Held>(at).next) before = at;
  if (before == 0) {
    held.next = series.first;
    series.first = changetype<usize>(held);
  } else {
    held.next = changetype<Held>(before).next;
    changetype<Held>(before).next = changetype<usize>(held);
  }
  if (held.next == 0) series.last = changetype<usize>(held);
}

function block(len: u32): Held {
  if (len > BLOCK_BYTES) return changetype<Held>(heap.alloc(HELD + len));
  if (freeBlocks == 0) return changetype<Held>(heap.alloc(HELD + BLOCK_BYTES));
  let ptr = freeBlocks;
  freeBlocks = changetype<Held>(ptr).next;
  return changetype<Held>(ptr);
}

export function dropFirst(series: Series): void {
  let held = changetype<Held>(series.first);
  series.first = held.next;
  if (series.first == 0) series.last = 0;
  series.held--;
  messages--;
  bytes -= held.len;
  if (held.len > BLOCK_BYTES) heap.free(changetype<usize>(held));
  else {
    held.next = freeBlocks;
    freeBlocks = changetype<usize>(held);
  }
}
