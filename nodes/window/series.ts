/** Messages of one tag that wait for their window, in order of timestamp, in a block of the heap each. */
import { TagState } from "../lib/tags";

/** One held message; its bytes follow. */
@unmanaged
export class Held {
  next: usize = 0;
  time: i64 = 0;
  len: u32 = 0;
}
export const HELD: usize = offsetof<Held>();
/** What a held message takes beside its own bytes at most: the head, the heap's head and its rounding. Frames of a batch are less. */
export const HELD_OVERHEAD: u32 = 40;

@unmanaged
export class Series extends TagState {
  first: usize = 0;
  last: usize = 0;
  held: u32 = 0;
  /** Of the held messages, with their overhead. */
  bytes: u32 = 0;
  /** Greatest timestamp seen. */
  newest: i64 = 0;
  /** End of the last closed window; nothing before it is taken any more. */
  closed: i64 = i64.MIN_VALUE;
}

/** Held in all series together. */
export let messages: u32 = 0;
export let bytes: u32 = 0;

/** Keeps the list sorted: new messages mostly go to its end. */
export function hold(series: Series, time: i64, ptr: usize, len: u32): void {
  let held = changetype<Held>(heap.alloc(HELD + len));
  held.time = time;
  held.len = len;
  memory.copy(changetype<usize>(held) + HELD, ptr, len);
  messages++;
  bytes += len + HELD_OVERHEAD;
  series.bytes += len + HELD_OVERHEAD;
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

export function dropFirst(series: Series): void {
  let held = changetype<Held>(series.first);
  series.first = held.next;
  if (series.first == 0) series.last = 0;
  series.held--;
  messages--;
  bytes -= held.len + HELD_OVERHEAD;
  series.bytes -= held.len + HELD_OVERHEAD;
  heap.free(changetype<usize>(held));
}
