/** A growing buffer of bytes, kept for the node's life. */
@unmanaged
export class Buffer {
  ptr: usize = 0;
  length: u32 = 0;
  capacity: u32 = 0;

  clear(): void {
    this.length = 0;
  }

  /** Empties it and makes room for so much, not more: large contents should not take half as much again. */
  clearFor(count: u32): void {
    this.length = 0;
    if (count + 16 <= this.capacity) return;
    if (this.ptr != 0) heap.free(this.ptr);
    this.capacity = count + 16;
    this.ptr = heap.alloc(this.capacity);
  }

  reserve(count: u32): usize {
    let need = this.length + count;
    if (need + 16 > this.capacity) {
      let capacity = max<u32>(need + (need >> 1) + 16, 256);
      let ptr = heap.alloc(capacity);
      if (this.ptr != 0) {
        memory.copy(ptr, this.ptr, this.length);
        heap.free(this.ptr);
      }
      this.ptr = ptr;
      this.capacity = capacity;
    }
    return this.ptr + this.length;
  }

  byte(value: u32): void {
    store<u8>(this.reserve(1), <u8>value);
    this.length++;
  }

  bytes(ptr: usize, len: u32): void {
    memory.copy(this.reserve(len), ptr, len);
    this.length += len;
  }

  u32le(value: u32): void {
    store<u32>(this.reserve(4), value);
    this.length += 4;
  }

  u64le(value: u64): void {
    store<u64>(this.reserve(8), value);
    this.length += 8;
  }

  f64le(value: f64): void {
    store<f64>(this.reserve(8), value);
    this.length += 8;
  }

  varint(value: u64): void {
    let at = this.reserve(10);
    let start = at;
    while (value >= 128) {
      store<u8>(at++, <u8>(value | 128));
      value >>= 7;
    }
    store<u8>(at++, <u8>value);
    this.length += <u32>(at - start);
  }

  /** ASCII only: eight UTF-16 units become eight bytes at a time; `reserve` keeps room for the last step's surplus. */
  text(text: string): void {
    let at = this.reserve(text.length);
    let from = changetype<usize>(text);
    let length = text.length;
    for (let i = 0; i < length; i += 8) {
      let units = v128.load(from + (<usize>i << 1));
      v128.store64_lane(at + i, v128.narrow<i16>(units, units), 0);
    }
    this.length += length;
  }

  /** Removes bytes from the front. */
  shift(count: u32): void {
    memory.copy(this.ptr, this.ptr + count, this.length - count);
    this.length -= count;
  }
}

/** Reads what Buffer wrote; `failed` once it would leave the bytes. */
@unmanaged
export class Reader {
  ptr: usize = 0;
  end: usize = 0;
  failed: bool = false;

  open(ptr: usize, len: u32): void {
    this.ptr = ptr;
    this.end = ptr + len;
    this.failed = false;
  }

  take(count: u32): usize {
    if (this.failed || this.end - this.ptr < <usize>count) {
      this.failed = true;
      return 0;
    }
    let at = this.ptr;
    this.ptr += count;
    return at;
  }

  u32le(): u32 {
    let at = this.take(4);
    return this.failed ? 0 : load<u32>(at);
  }
  u64le(): u64 {
    let at = this.take(8);
    return this.failed ? 0 : load<u64>(at);
  }
  f64le(): f64 {
    let at = this.take(8);
    return this.failed ? 0 : load<f64>(at);
  }
}
