/** MQTT topic patterns: `+` one level, `#` all below (and the level itself); leading wildcards do not match `$…`. */
export function matchPattern(pattern: usize, patternLen: u32, tag: usize, tagLen: u32): bool {
  let p = pattern;
  let pEnd = pattern + patternLen;
  let t = tag;
  let tEnd = tag + tagLen;
  if (tagLen > 0 && load<u8>(tag) == 0x24 && patternLen > 0 && (load<u8>(pattern) == 0x2b || load<u8>(pattern) == 0x23)) return false;
  while (p < pEnd) {
    let char = load<u8>(p);
    if (char == 0x23) return true;
    if (char == 0x2b) {
      while (t < tEnd && load<u8>(t) != 0x2f) t++;
      p++;
      continue;
    }
    if (t == tEnd) {
      // `a/#` also matches `a`.
      return char == 0x2f && p + 2 == pEnd && load<u8>(p + 1) == 0x23;
    }
    if (load<u8>(t) != char) return false;
    p++;
    t++;
  }
  return t == tEnd;
}

/** Whether + and # stand for whole levels and # comes last. */
export function isPattern(ptr: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i++) {
    let char = load<u8>(ptr + i);
    if (char != 0x2b && char != 0x23) continue;
    let first = i == 0 || load<u8>(ptr + i - 1) == 0x2f;
    let last = i + 1 == len || load<u8>(ptr + i + 1) == 0x2f;
    if (!first || !last || (char == 0x23 && i + 1 != len)) return false;
  }
  return len != 0;
}

export function equalBytes(a: usize, aLen: u32, b: usize, bLen: u32): bool {
  if (aLen != bLen) return false;
  let i: u32 = 0;
  for (; i + 8 <= aLen; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false;
  for (; i < aLen; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

/** Order by bytes: negative, 0, positive. */
export function compareBytes(a: usize, aLen: u32, b: usize, bLen: u32): i32 {
  let order = memory.compare(a, b, min(aLen, bLen));
  return order != 0 ? order : <i32>aLen - <i32>bLen;
}

export function containsBytes(a: usize, aLen: u32, b: usize, bLen: u32): bool {
  if (bLen == 0) return true;
  for (let i: u32 = 0; i + bLen <= aLen; i++) if (memory.compare(a + i, b, bLen) == 0) return true;
  return false;
}

/** FNV-1a over words of eight bytes; reads up to 7 bytes behind, masked. */
export function hashBytes(ptr: usize, len: u32): u32 {
  let hash: u64 = 0xcbf29ce484222325 ^ len;
  let i: u32 = 0;
  for (; i + 8 <= len; i += 8) hash = (hash ^ load<u64>(ptr + i)) * 0x9e3779b97f4a7c15;
  if (i < len) hash = (hash ^ (load<u64>(ptr + i) & ((<u64>1 << ((len - i) << 3)) - 1))) * 0x9e3779b97f4a7c15;
  hash ^= hash >> 32;
  return <u32>hash;
}
