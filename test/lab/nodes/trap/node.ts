import { parseProps, Value } from "../../../../nodes/lib/json";
import { cabi_realloc as inbox, emit, fail, list, ok } from "../../../../nodes/lib/node";

let armed: Value = changetype<Value>(0);
let ready: bool = false;

function trapIn(name: string): void {
  if (ready && armed.is(name)) unreachable();
}

export function cabi_realloc(old: usize, oldLen: u32, align: u32, newLen: u32): usize {
  trapIn("cabi_realloc");
  return inbox(old, oldLen, align, newLen);
}
export function configure(ptr: usize, len: u32): usize {
  armed = parseProps(ptr, len).get("in");
  if (!armed.exists) return fail("trap: in is missing");
  ready = true;
  trapIn("configure");
  return ok();
}
export function handle(port: u32, ptr: usize, len: u32): usize {
  trapIn("handle");
  emit(0, ptr, len);
  return ok();
}
export function tick(): void {
  trapIn("tick");
}
export function save_state(): usize {
  trapIn("save_state");
  return list(0, 0);
}
export function load_state(ptr: usize, len: u32): usize {
  trapIn("load_state");
  return ok();
}
