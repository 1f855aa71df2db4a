/** Reads props: JSON text in memory, positions only, nothing built. Props were checked against the schema before. */

let at: usize = 0;
let end: usize = 0;

function space(): void {
  while (at < end && load<u8>(at) <= 32) at++;
}

/** Moves behind one value. */
function skip(): void {
  space();
  let depth = 0;
  while (at < end) {
    let char = load<u8>(at);
    if (char == 0x22) {
      at++;
      while (at < end && load<u8>(at) != 0x22) at += load<u8>(at) == 0x5c ? 2 : 1;
      at++;
    } else if (char == 0x7b || char == 0x5b) {
      depth++;
      at++;
      continue;
    } else if (char == 0x7d || char == 0x5d) {
      depth--;
      at++;
    } else if (char == 0x2c || char == 0x3a || char <= 32) {
      at++;
      continue;
    } else while (at < end && load<u8>(at) != 0x2c && load<u8>(at) != 0x7d && load<u8>(at) != 0x5d && load<u8>(at) > 32) at++;
    if (depth <= 0) return;
  }
}

/** One JSON value: where it stands. ptr 0: absent. */
@unmanaged
export class Value {
  ptr: usize = 0;
  len: u32 = 0;

  get exists(): bool {
    return this.ptr != 0;
  }
  get isString(): bool {
    return this.exists && load<u8>(this.ptr) == 0x22;
  }
  get isBool(): bool {
    return this.exists && (load<u8>(this.ptr) == 0x74 || load<u8>(this.ptr) == 0x66);
  }
  get isTrue(): bool {
    return this.exists && load<u8>(this.ptr) == 0x74;
  }

  toString(): string {
    if (!this.exists) return "";
    return String.UTF8.decodeUnsafe(this.ptr, this.len);
  }

  /** String without quotes and escapes, as UTF-8 in a buffer of its own; a block that stays. */
  unescaped(): Value {
    let out = changetype<Value>(heap.alloc(offsetof<Value>()));
    out.ptr = heap.alloc(this.len + 16);
    out.len = 0;
    let p = this.ptr + 1;
    let stop = this.ptr + this.len - 1;
    while (p < stop) {
      let char = load<u8>(p++);
      if (char == 0x5c) {
        char = load<u8>(p++);
        if (char == 0x75) {
          let code = hex4(p);
          p += 4;
          if ((code & 0xfc00) == 0xd800 && load<u8>(p) == 0x5c && load<u8>(p + 1) == 0x75) {
            code = 0x10000 + ((code & 0x3ff) << 10) + (hex4(p + 2) & 0x3ff);
            p += 6;
          }
          out.len += utf8(out.ptr + out.len, code);
          continue;
        }
        if (char == 0x6e) char = 10;
        else if (char == 0x74) char = 9;
        else if (char == 0x72) char = 13;
        else if (char == 0x62) char = 8;
        else if (char == 0x66) char = 12;
      }
      store<u8>(out.ptr + out.len++, char);
    }
    return out;
  }

  number(fallback: f64): f64 {
    if (!this.exists) return fallback;
    return parseFloat(this.toString());
  }

  /** A member of an object, by an ASCII name without escapes. */
  get(name: string): Value {
    let out = changetype<Value>(heap.alloc(offsetof<Value>()));
    out.ptr = 0;
    out.len = 0;
    if (!this.exists || load<u8>(this.ptr) != 0x7b) return out;
    at = this.ptr + 1;
    end = this.ptr + this.len;
    while (true) {
      space();
      if (at >= end || load<u8>(at) != 0x22) return out;
      let key = at + 1;
      skip();
      let keyLen = <i32>(at - key - 1);
      space();
      at++;
      space();
      let start = at;
      skip();
      if (keyLen == name.length && matches(key, name)) {
        out.ptr = start;
        out.len = <u32>(at - start);
        return out;
      }
      space();
      if (at >= end || load<u8>(at) != 0x2c) return out;
      at++;
    }
  }

  /** An element of an array; absent beyond its end. */
  at(index: i32): Value {
    let out = changetype<Value>(heap.alloc(offsetof<Value>()));
    out.ptr = 0;
    out.len = 0;
    if (!this.exists || load<u8>(this.ptr) != 0x5b) return out;
    at = this.ptr + 1;
    end = this.ptr + this.len;
    let i = 0;
    while (true) {
      space();
      if (at >= end || load<u8>(at) == 0x5d) return out;
      let start = at;
      skip();
      if (i++ == index) {
        out.ptr = start;
        out.len = <u32>(at - start);
        return out;
      }
      space();
      if (at >= end || load<u8>(at) != 0x2c) return out;
      at++;
    }
  }

  is(text: string): bool {
    return this.isString && this.len == <u32>text.length + 2 && matches(this.ptr + 1, text);
  }
}

function matches(ptr: usize, text: string): bool {
  for (let i = 0; i < text.length; i++) if (load<u8>(ptr + i) != <u8>text.charCodeAt(i)) return false;
  return true;
}

function hex4(p: usize): u32 {
  let value: u32 = 0;
  for (let i = 0; i < 4; i++) {
    let char = <u32>load<u8>(p + i);
    value = (value << 4) | (char <= 0x39 ? char - 0x30 : (char & 0xdf) - 0x37);
  }
  return value;
}

function utf8(p: usize, code: u32): u32 {
  if (code < 0x80) {
    store<u8>(p, <u8>code);
    return 1;
  }
  if (code < 0x800) {
    store<u8>(p, <u8>(0xc0 | (code >> 6)));
    store<u8>(p + 1, <u8>(0x80 | (code & 63)));
    return 2;
  }
  if (code < 0x10000) {
    store<u8>(p, <u8>(0xe0 | (code >> 12)));
    store<u8>(p + 1, <u8>(0x80 | ((code >> 6) & 63)));
    store<u8>(p + 2, <u8>(0x80 | (code & 63)));
    return 3;
  }
  store<u8>(p, <u8>(0xf0 | (code >> 18)));
  store<u8>(p + 1, <u8>(0x80 | ((code >> 12) & 63)));
  store<u8>(p + 2, <u8>(0x80 | ((code >> 6) & 63)));
  store<u8>(p + 3, <u8>(0x80 | (code & 63)));
  return 4;
}

/** The props, copied: the host's buffer is used again for the first message. */
export function parseProps(ptr: usize, len: u32): Value {
  let copy = heap.alloc(len + 16);
  memory.copy(copy, ptr, len);
  let value = changetype<Value>(heap.alloc(offsetof<Value>()));
  value.ptr = copy;
  value.len = len;
  return value;
}
