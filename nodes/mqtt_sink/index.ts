import { cabi_realloc } from "../lib/node";
import { configureSink, handleSink, loadSink, saveSink, tickSink } from "../lib/sink";
export { cabi_realloc };

export function configure(ptr: usize, len: u32): usize {
  return configureSink(ptr, len, true);
}
export function handle(port: u32, ptr: usize, len: u32): usize {
  return handleSink(ptr, len);
}
export function tick(): void {
  tickSink();
}
export function save_state(): usize {
  return saveSink();
}
export function load_state(ptr: usize, len: u32): usize {
  return loadSink(ptr, len);
}
