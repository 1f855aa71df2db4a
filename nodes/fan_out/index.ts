import { cabi_realloc, emit, list, loadNothing, ok } from "../lib/node";
export { cabi_realloc };

export function configure(ptr: usize, len: u32): usize {
  return ok();
}
export function handle(port: u32, ptr: usize, len: u32): usize {
  emit(0, ptr, len);
  emit(1, ptr, len);
  emit(2, ptr, len);
  emit(3, ptr, len);
  return ok();
}
export function save_state(): usize {
  return list(0, 0);
}
export function load_state(ptr: usize, len: u32): usize {
  return loadNothing(len);
}
