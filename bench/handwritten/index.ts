/**
 * bench-core written by hand as one module: one parse, no copies between nodes, the same bytes out. What fusion is measured
 * against. The last record's stream says which sink it is for: alarms and loads leave by the same emit.
 */
import { Buffer } from "../../nodes/lib/buffer";
import { cabi_realloc, emit, fail, ok } from "../../nodes/lib/node";
import { equalBytes, hashBytes, matchPattern } from "../../nodes/lib/pattern";
import { copyWithout, DROP_VALUE, putDouble, putQuality, putTag, putTimestamp, putUnit } from "../../nodes/lib/rewrite";
import { isNumber, number, quality, scan, tagLen, tagPtr, timestamp, unitLen, unitPtr } from "../../nodes/lib/tag_update";
export { cabi_realloc };

function cleared<T>(): T {
  let ptr = heap.alloc(offsetof<T>());
  memory.fill(ptr, 0, offsetof<T>());
  return changetype<T>(ptr);
}
const alarms = cleared<Buffer>();
const loads = cleared<Buffer>();
const update = cleared<Buffer>();
const cache = memory.data(65536, 16);
const temp = memory.data<u8>([108, 105, 110, 101, 49, 47, 43, 47, 116, 101, 109, 112]);
const pressure = memory.data<u8>([108, 105, 110, 101, 49, 47, 43, 47, 112, 114, 101, 115, 115, 117, 114, 101]);
let alarmCount = 0;
let loadCount = 0;

function wanted(): bool {
  let place = cache + (<usize>(hashBytes(tagPtr, tagLen) & 1023) << 6);
  if (load<u32>(place) == tagLen + 1 && equalBytes(place + 8, tagLen, tagPtr, tagLen)) return load<u32>(place, 4) != 0;
  let answer = matchPattern(temp, 12, tagPtr, tagLen) || matchPattern(pressure, 16, tagPtr, tagLen);
  store<u32>(place, tagLen + 1);
  store<u32>(place, u32(answer), 4);
  memory.copy(place + 8, tagPtr, tagLen);
  return answer;
}

export function handle(port: u32, ptr: usize, len: u32): usize {
  if (!scan(ptr, len)) return fail("not a TagUpdate");
  if (!wanted() || quality != 0) return ok();
  if (!isNumber()) return fail("not a number");
  let value = number();
  if (value > 90) {
    update.clear();
    copyWithout(update, ptr, len, DROP_VALUE);
    putDouble(update, value * 1.8 + 32);
    alarms.varint(update.length);
    alarms.bytes(update.ptr, update.length);
    if (++alarmCount == 1000) {
      emit(0, alarms.ptr, alarms.length);
      alarms.clear();
      alarmCount = 0;
    }
  } else if (value < 47) {
    update.clear();
    putTag(update, tagPtr, tagLen);
    putTimestamp(update, timestamp);
    putQuality(update, quality);
    putUnit(update, unitPtr, unitLen);
    putDouble(update, value + 1);
    loads.varint(update.length);
    loads.bytes(update.ptr, update.length);
    if (++loadCount == 1000) {
      emit(0, loads.ptr, loads.length);
      loads.clear();
      loadCount = 0;
    }
  }
  return ok();
}
