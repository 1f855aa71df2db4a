/** A condition on a TagUpdate: field, operator, value. Numbers of any kind compare by mathematical value. */
import { numberOf } from "./decimal";
import { Value } from "./json";
import { EQUAL, GREATER, LESS, orderOfIntegerAndFloat, orderOfIntegers } from "./order";
import { compareBytes, containsBytes, isPattern, matchPattern } from "./pattern";
import * as tag from "./tag_update";

const FIELD_VALUE = 0;
const FIELD_QUALITY = 1;
const FIELD_TIMESTAMP = 2;
const FIELD_TAG = 3;
const FIELD_UNIT = 4;

const EQ = 0;
const NE = 1;
const LT = 2;
const LE = 3;
const GT = 4;
const GE = 5;
const CONTAINS = 6;
const STARTS_WITH = 7;
const ENDS_WITH = 8;
const MATCHES = 9;

const OPERAND_NUMBER = 0;
const OPERAND_STRING = 1;
const OPERAND_BOOL = 2;

/** Results of `test`. */
export const NO = 0;
export const YES = 1;
/** Kinds that do not compare. */
export const MISMATCH = 2;

@unmanaged
export class Condition {
  field: i32 = 0;
  op: i32 = 0;
  operand: i32 = 0;
  /** The number, and as sign and magnitude where it is an integer of 64 bits. */
  value: f64 = 0;
  integer: bool = false;
  negative: bool = false;
  magnitude: u64 = 0;
  ptr: usize = 0;
  len: u32 = 0;

  /** Compares the update that was scanned last. */
  test(): i32 {
    if (this.field == FIELD_VALUE) return this.testValue();
    if (this.field == FIELD_QUALITY) return this.integerOrder(false, tag.quality);
    if (this.field == FIELD_TIMESTAMP) return this.integerOrder(false, tag.timestamp);
    if (this.field == FIELD_TAG) return this.testString(tag.tagPtr, tag.tagLen);
    return this.testString(tag.unitPtr, tag.unitLen);
  }

  private testValue(): i32 {
    let kind = tag.kind;
    if (kind == tag.KIND_DOUBLE) return this.floatOrder(reinterpret<f64>(tag.bits));
    if (kind == tag.KIND_FLOAT) return this.floatOrder(<f64>reinterpret<f32>(<u32>tag.bits));
    if (kind == tag.KIND_INT32) return this.signedOrder(<i64><i32>tag.bits);
    if (kind == tag.KIND_INT64) return this.signedOrder(<i64>tag.bits);
    if (kind == tag.KIND_UINT32) return this.integerOrder(false, <u64><u32>tag.bits);
    if (kind == tag.KIND_UINT64) return this.integerOrder(false, tag.bits);
    if (kind == tag.KIND_STRING || kind == tag.KIND_BYTES) return this.testString(tag.dataPtr, tag.dataLen);
    if (kind == tag.KIND_BOOL && this.operand == OPERAND_BOOL && this.op <= NE) {
      return i32(((tag.bits != 0) == (this.value != 0)) == (this.op == EQ));
    }
    return MISMATCH;
  }

  private signedOrder(value: i64): i32 {
    return this.integerOrder(value < 0, value < 0 ? <u64>-value : <u64>value);
  }

  private integerOrder(negative: bool, magnitude: u64): i32 {
    if (this.operand != OPERAND_NUMBER) return MISMATCH;
    if (this.integer) return this.byOrder(orderOfIntegers(negative, magnitude, this.negative, this.magnitude));
    return this.byOrder(orderOfIntegerAndFloat(negative, magnitude, this.value));
  }

  private floatOrder(value: f64): i32 {
    if (this.operand != OPERAND_NUMBER) return MISMATCH;
    if (value != value) return i32(this.op == NE);
    return this.byOrder(value < this.value ? LESS : value > this.value ? GREATER : EQUAL);
  }

  private byOrder(order: i32): i32 {
    switch (this.op) {
      case EQ: return i32(order == 0);
      case NE: return i32(order != 0);
      case LT: return i32(order < 0);
      case LE: return i32(order <= 0);
      case GT: return i32(order > 0);
      case GE: return i32(order >= 0);
    }
    return MISMATCH;
  }

  private testString(ptr: usize, len: u32): i32 {
    if (this.operand != OPERAND_STRING) return MISMATCH;
    switch (this.op) {
      case CONTAINS: return i32(containsBytes(ptr, len, this.ptr, this.len));
      case STARTS_WITH: return i32(len >= this.len && memory.compare(ptr, this.ptr, this.len) == 0);
      case ENDS_WITH: return i32(len >= this.len && memory.compare(ptr + len - this.len, this.ptr, this.len) == 0);
      case MATCHES: return i32(matchPattern(this.ptr, this.len, ptr, len));
    }
    return this.byOrder(compareBytes(ptr, len, this.ptr, this.len));
  }
}

const FIELDS: StaticArray<string> = ["value", "quality", "timestamp", "tag", "unit"];
const OPS: StaticArray<string> = ["==", "!=", "<", "<=", ">", ">=", "contains", "starts_with", "ends_with", "matches"];

function indexOf(names: StaticArray<string>, value: Value): i32 {
  for (let i = 0; i < names.length; i++) if (value.is(unchecked(names[i]))) return i;
  return -1;
}

/** What `parseCondition` asks for. */
export const SHAPE = "field, op and value; with matches, + and # stand for whole levels, # comes last";

/** A condition from {field, op, value}; null when the props are not of that shape. */
export function parseCondition(props: Value): Condition | null {
  let condition = changetype<Condition>(heap.alloc(offsetof<Condition>()));
  let field = props.get("field");
  condition.field = field.exists ? indexOf(FIELDS, field) : FIELD_VALUE;
  condition.op = indexOf(OPS, props.get("op"));
  let value = props.get("value");
  if (condition.field < 0 || condition.op < 0 || !value.exists) return null;
  condition.integer = false;
  if (value.isString) {
    condition.operand = OPERAND_STRING;
    let text = value.unescaped();
    condition.ptr = text.ptr;
    condition.len = text.len;
    if (condition.op == MATCHES && !isPattern(text.ptr, text.len)) return null;
  } else if (value.isBool) {
    condition.operand = OPERAND_BOOL;
    condition.value = value.isTrue ? 1 : 0;
  } else {
    condition.operand = OPERAND_NUMBER;
    condition.value = numberOf(value, 0);
    setInteger(condition);
  }
  return condition;
}

/** The operand as an integer, if it is one that 64 bits hold. JSON numbers are doubles, so this is exact. */
function setInteger(condition: Condition): void {
  let value = condition.value;
  let magnitude = abs(value);
  condition.integer = value == trunc(value) && magnitude < 18446744073709551616.0;
  condition.negative = condition.integer && value < 0;
  condition.magnitude = condition.integer ? <u64>magnitude : 0;
}
