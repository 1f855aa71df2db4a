/**
 * The node contract from inside: buffers that the host fills, results, and what the host offers. A node's entry re-exports
 * `cabi_realloc` and writes `handle`, `configure` and so on with these pieces. No call allocates per message.
 */

// @ts-ignore: decorator
@external("fusewire:node/flow@1.0.0", "emit")
export declare function emit(port: u32, ptr: usize, len: u32): void;
// @ts-ignore: decorator
@external("fusewire:node/flow@1.0.0", "now")
export declare function now(): u64;

/** Messages up to this length share one buffer; the node is done with a message when `handle` returns. */
const INBOX_BYTES: u32 = 4096;
/** Bytes that may be read behind a message: fields are read eight bytes at a time. */
const SLACK: u32 = 16;
// @ts-ignore: decorator
@lazy const inbox: usize = memory.data(4096 + 16, 16);
let large: usize = 0;
let largeBytes: u32 = 0;

/** Only whole new buffers are ever asked for: old and oldLen are 0. */
export function cabi_realloc(old: usize, oldLen: u32, align: u32, newLen: u32): usize {
  if (newLen <= INBOX_BYTES) return inbox;
  return largeBuffer(newLen);
}

// @ts-ignore: decorator
@inline function grown(len: u32): u32 {
  return len + (len >> 1) + SLACK;
}

function largeBuffer(len: u32): usize {
  if (len + SLACK > largeBytes) {
    if (large != 0) heap.free(large);
    largeBytes = grown(len);
    large = heap.alloc(largeBytes);
  }
  return large;
}

/** Gives back the buffer of a long message that will not come again, as a state is. */
export function releaseLarge(): void {
  if (large != 0) heap.free(large);
  large = 0;
  largeBytes = 0;
}

// Result areas: {u8 tag, ptr @4, len @8}. OK never changes.
// @ts-ignore: decorator
@lazy const okArea: usize = memory.data(12, 4);
// @ts-ignore: decorator
@lazy const errorArea: usize = memory.data(12, 4);
// @ts-ignore: decorator
@lazy const listArea: usize = memory.data(8, 4);
const ERROR_BYTES: i32 = 256;
// @ts-ignore: decorator
@lazy const errorText: usize = memory.data(256);

// @ts-ignore: decorator
@inline export function ok(): usize {
  return okArea;
}

/** An error result. ASCII text, cut at 256 bytes. */
export function fail(text: string): usize {
  let length = min(text.length, ERROR_BYTES);
  for (let i = 0; i < length; i++) store<u8>(errorText + i, <u8>text.charCodeAt(i));
  return failBytes(errorText, length);
}

export function failBytes(ptr: usize, len: u32): usize {
  store<u8>(errorArea, 1);
  store<u32>(errorArea, <u32>ptr, 4);
  store<u32>(errorArea, len, 8);
  return errorArea;
}

/** A list result: the bytes stay the node's. */
export function list(ptr: usize, len: u32): usize {
  store<u32>(listArea, <u32>ptr);
  store<u32>(listArea, len, 4);
  return listArea;
}

/** load-state of a node that keeps nothing: only the empty state fits. */
export function loadNothing(len: u32): usize {
  return len == 0 ? ok() : fail("this node keeps no state");
}
