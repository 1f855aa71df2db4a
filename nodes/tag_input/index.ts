import { parseProps, Value } from "../lib/json";
import { cabi_realloc, emit, fail, list, loadNothing, ok } from "../lib/node";
import { equalBytes, hashBytes, isPattern, matchPattern } from "../lib/pattern";
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
/** "#" is among the patterns; it is the default. */
let everything = false;

export function configure(ptr: usize, len: u32): usize {
  let tags = parseProps(ptr, len).get("tags");
  count = 0;
  everything = !tags.exists;
  memory.fill(cache, 0, 65536);
  while (tags.at(count).exists) {
    if (count == PATTERNS_MAX) return fail("tag_input takes at most 256 patterns");
    let pattern = tags.at(count).unescaped();
    if (!isPattern(pattern.ptr, pattern.len)) return fail("a pattern is malformed: + and # stand for whole levels, # comes last");
    if (pattern.len == 1 && load<u8>(pattern.ptr) == 0x23) everything = true;
    unchecked((patterns[count++] = changetype<usize>(pattern)));
  }
  return ok();
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
  if (!scan(ptr, len)) return fail("not a TagUpdate");
  // "#" takes everything but tags that begin with "$".
  if ((everything && load<u8>(tagPtr) != 0x24) || (count != 0 && remembered())) emit(0, ptr, len);
  return ok();
}
export function save_state(): usize {
  return list(0, 0);
}
export function load_state(ptr: usize, len: u32): usize {
  return loadNothing(len);
}
