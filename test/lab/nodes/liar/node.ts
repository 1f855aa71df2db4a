import { parseProps, Value } from "../../../../nodes/lib/json";
import { cabi_realloc as inbox, emit, failBytes, fail, list, ok } from "../../../../nodes/lib/node";

/** The end of the address space: pointer and length together wrap to a small number. */
const NOWHERE: usize = 0xfffffff0;
let about: Value = changetype<Value>(0);
let ready: bool = false;

function lies(name: string): bool {
  return ready && about.is(name);
}

export function cabi_realloc(old: usize, oldLen: u32, align: u32, newLen: u32): usize {
  return lies("buffer") ? NOWHERE : inbox(old, oldLen, align, newLen);
}
export function configure(ptr: usize, len: u32): usize {
  about = parseProps(ptr, len).get("about");
  if (!about.exists) return fail("liar: about is missing");
  ready = true;
  return ok();
}
export function handle(port: u32, ptr: usize, len: u32): usize {
  if (lies("message")) emit(0, NOWHERE, 64);
  if (lies("length")) emit(0, ptr, 0x1000000);
  if (lies("port")) emit(7, ptr, len);
  if (lies("error")) return failBytes(NOWHERE, 64);
  if (lies("result")) return NOWHERE;
  emit(0, ptr, len);
  return ok();
}
/** Says that it has 100 MB, far beyond the end of its memory. */
export function save_state(): usize {
  return lies("state") ? list(1024, 100_000_000) : list(0, 0);
}
export function load_state(ptr: usize, len: u32): usize {
  return ok();
}
