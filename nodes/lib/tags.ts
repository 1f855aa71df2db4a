/** Per-tag state: found by name, walked in the order in which tags were first seen. Blocks live until the node ends. */
import { equalBytes, hashBytes } from "./pattern";

/** Common head of all per-tag states; nodes extend it. */
@unmanaged
export class TagState {
  namePtr: usize = 0;
  nameLen: u32 = 0;
  hash: u32 = 0;
}

/** What a tag costs beside its name and its state: heads of blocks, its places in the table, also while that grows. */
const TAG_OVERHEAD: u32 = 72;

/** Open addressing over pointers; grows by doubling. */
@unmanaged
export class TagTable {
  slots: usize = 0;
  capacity: u32 = 0;
  order: usize = 0;
  count: u32 = 0;
  bytes: u32 = 0;

  /** Whether a further tag stays within so many bytes. */
  fits(len: u32, size: usize, bytesMax: u32): bool {
    return this.bytes + len + <u32>size + TAG_OVERHEAD <= bytesMax;
  }

  /** The state of a tag, or 0. */
  find(ptr: usize, len: u32): usize {
    if (this.capacity == 0) return 0;
    let hash = hashBytes(ptr, len);
    let i = hash & (this.capacity - 1);
    let state = load<usize>(this.slots + (<usize>i << 2));
    while (state != 0) {
      let tag = changetype<TagState>(state);
      if (tag.hash == hash && equalBytes(tag.namePtr, tag.nameLen, ptr, len)) break;
      i = (i + 1) & (this.capacity - 1);
      state = load<usize>(this.slots + (<usize>i << 2));
    }
    return state;
  }

  /** Adds a state of `size` bytes, zeroed, with a copy of the name. */
  add(ptr: usize, len: u32, size: usize): usize {
    if (this.count * 2 >= this.capacity) this.grow();
    let state = heap.alloc(size);
    memory.fill(state, 0, size);
    let tag = changetype<TagState>(state);
    tag.namePtr = heap.alloc(len + 16);
    memory.copy(tag.namePtr, ptr, len);
    tag.nameLen = len;
    tag.hash = hashBytes(ptr, len);
    store<usize>(this.order + (<usize>this.count << 2), state);
    this.count++;
    this.bytes += len + <u32>size + TAG_OVERHEAD;
    this.place(state);
    return state;
  }

  at(index: u32): usize {
    return load<usize>(this.order + (<usize>index << 2));
  }

  private place(state: usize): void {
    let i = changetype<TagState>(state).hash & (this.capacity - 1);
    while (load<usize>(this.slots + (<usize>i << 2)) != 0) i = (i + 1) & (this.capacity - 1);
    store<usize>(this.slots + (<usize>i << 2), state);
  }

  private grow(): void {
    let capacity = max<u32>(this.capacity * 2, 64);
    let order = heap.alloc(capacity << 2);
    if (this.capacity != 0) {
      memory.copy(order, this.order, this.count << 2);
      heap.free(this.order);
      heap.free(this.slots);
    }
    this.order = order;
    this.slots = heap.alloc(capacity << 2);
    memory.fill(this.slots, 0, capacity << 2);
    this.capacity = capacity;
    for (let i: u32 = 0; i < this.count; i++) this.place(this.at(i));
  }
}
