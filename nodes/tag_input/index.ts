import { parseProps, Value } from "../lib/json";
import { cabi_realloc, emit, fail, list, loadNothing, ok } from "../lib/node";
import { equalBytes, hashBytes, matchPattern } from "../lib/pattern";
import { scan, tagLen, tagPtr } from "../lib/tag_update";
export { cabi_realloc };

const PATTERNS_MAX = 256;
/** Tags remembered with their answer: a table of one place per hash, the tag kept beside to be sure. */
const PLACES: u32 = 1024;
const TAG_BYTES: u32 = 56;
// @ts-ignore: decorator
@lazy const cache: usize = memory.data(65536, 16);

const patterns = new StaticArray<usize>(PATTERNS_MAX);
let count = 0;
let everything = false;

export function configure(ptr: usize, len: u32): usize {
  let tags = parseProps(ptr, len).get("tags");
  count = 0;
  everything = !tags.exists;
  memory.fill(cache, 0, 65536);
  while (tags.at(count).exists) {
    if (count == PATTERNS_MAX) return fail("tag_input takes at most 256 patterns");
    let pattern = tags.at(count).unescaped();
    if (!sound(pattern)) return fail("a pattern is malformed: + and # stand for whole levels, # comes last");
    if (pattern.len == 1 && load<u8>(pattern.ptr) == 0x23) everything = true;
    unchecked((patterns[count++] = changetype<usize>(pattern)));
  }
  return ok();
}

function sound(pattern: Value): bool {
  if (pattern.len == 0) return false;
  for (let i: u32 = 0; i < pattern.len; i++) {
    let char = load<u8>(pattern.ptr + i);
    if (char != 0x2b && char != 0x23) continue;
    let first = i == 0 || load<u8>(pattern.ptr + i - 1) == 0x2f;
    let last = i + 1 == pattern.len || load<u8>(pattern.ptr + i + 1) == 0x2f;
    if (!first || !last || (char == 0x23 && i + 1 != pattern.len)) return false;
  }
  return true;
}

function matches(): bool {
  for (let i = 0; i < count; i++) {
    let pattern = changetype<Value>(unchecked(patterns[i]));
    if (matchPattern(pattern.ptr, pattern.len, tagPtr, tagLen)) return true;
  }
  return false;
}

/** Places: u32 length + 1 (0: free), u32 answer, tag. */
function remembered(): bool {
  if (tagLen > TAG_BYTES) return matches();
  let place = cache + (<usize>(hashBytes(tagPtr, tagLen) & (PLACES - 1)) << 6);
  if (load<u32>(place) == tagLen + 1 && equalBytes(place + 8, tagLen, tagPtr, tagLen)) return load<u32>(place, 4) != 0;
  let answer = matches();
  store<u32>(place, tagLen + 1);
  store<u32>(place, u32(answer), 4);
  memory.copy(place + 8, tagPtr, tagLen);
  return answer;
}

export function handle(port: u32, ptr: usize, len: u32): usize {
  if (everything && count <= 1) {
    // "#" does not match tags that begin with "$": the only byte to look at, found by scanning.
    if (!scan(ptr, len)) return fail("not a TagUpdate");
    if (tagLen > 0 && load<u8>(tagPtr) == 0x24 && count == 1) return ok();
    emit(0, ptr, len);
    return ok();
  }
  if (!scan(ptr, len)) return fail("not a TagUpdate");
  if (remembered()) emit(0, ptr, len);
  return ok();
}
export function save_state(): usize {
  return list(0, 0);
}
export function load_state(ptr: usize, len: u32): usize {
  return loadNothing(len);
}
