/** Numbers in JSON text as doubles, correctly rounded, as JavaScript reads them. Slow and exact: only props are read so. */
import { Value } from "./json";

/** Digits beyond these cannot change the double, other than by not being zero. */
const DIGITS_MAX: i32 = 800;
const LIMBS_MAX: u32 = 256;
// @ts-ignore: decorator
@lazy const limbs: usize = memory.data(1024, 8);
let length: u32 = 0;
/** Whether something was cut off below the limbs. */
let rest: bool = false;

/** A number of the props, or the fallback when it is absent. */
export function numberOf(value: Value, fallback: f64): f64 {
  return value.exists ? parseDecimal(value.ptr, value.len) : fallback;
}

function limb(i: u32): u64 {
  return load<u32>(limbs + (<usize>i << 2));
}

function multiply(factor: u32, carry: u64): void {
  for (let i: u32 = 0; i < length; i++) {
    carry += limb(i) * factor;
    store<u32>(limbs + (<usize>i << 2), <u32>carry);
    carry >>= 32;
  }
  if (carry == 0 || length == LIMBS_MAX) return;
  store<u32>(limbs + (<usize>length << 2), <u32>carry);
  length++;
}

function divide(divisor: u32): void {
  let remainder: u64 = 0;
  for (let i = length; i > 0; i--) {
    let part = (remainder << 32) | limb(i - 1);
    store<u32>(limbs + (<usize>(i - 1) << 2), <u32>(part / divisor));
    remainder = part % divisor;
  }
  if (remainder != 0) rest = true;
  while (length > 0 && limb(length - 1) == 0) length--;
}

function shiftWords(count: u32): void {
  memory.copy(limbs + (<usize>count << 2), limbs, length << 2);
  memory.fill(limbs, 0, count << 2);
  length += count;
}

export function parseDecimal(ptr: usize, len: u32): f64 {
  let at = ptr;
  let end = ptr + len;
  let negative = at < end && load<u8>(at) == 0x2d;
  if (negative) at++;
  length = 0;
  rest = false;
  let digits = 0;
  let exponent = 0;
  let fraction = false;
  for (; at < end; at++) {
    let char = <u32>load<u8>(at);
    if (char == 0x2e) {
      fraction = true;
      continue;
    }
    let digit = char - 0x30;
    if (digit > 9) break;
    if (digits < DIGITS_MAX) {
      multiply(10, digit);
      if (length > 0) digits++;
      if (fraction) exponent--;
    } else {
      if (digit != 0) rest = true;
      if (!fraction) exponent++;
    }
  }
  if (at < end && (load<u8>(at) | 0x20) == 0x65) exponent += readExponent(at + 1, end);
  let value = length == 0 ? 0 : scaled(digits, exponent);
  return negative ? -value : value;
}

/** Capped where every double has long become 0 or Infinity. */
function readExponent(at: usize, end: usize): i32 {
  let negative = at < end && load<u8>(at) == 0x2d;
  if (negative || (at < end && load<u8>(at) == 0x2b)) at++;
  let value = 0;
  for (; at < end; at++) value = min(value * 10 + load<u8>(at) - 0x30, 100000);
  return negative ? -value : value;
}

/** The limbs × 10^exponent. */
function scaled(digits: i32, exponent: i32): f64 {
  if (digits + exponent > 310) return Infinity;
  if (digits + exponent < -330) return 0;
  let words: u32 = 0;
  if (exponent < 0) {
    // Bits enough that the quotient has 64: 10 has less than 10/3 bits.
    words = <u32>(-exponent * 10 / 3 + 66) / 32 + 1;
    shiftWords(words);
  }
  for (; exponent <= -9; exponent += 9) divide(1000000000);
  for (; exponent < 0; exponent++) divide(10);
  for (; exponent > 0; exponent--) multiply(10, 0);
  return rounded(<i32>words << 5);
}

/** The limbs × 2^−shift as the nearest double, ties to even. */
function rounded(shift: i32): f64 {
  let top = <i32>clz<u32>(<u32>limb(length - 1));
  let first = <i32>length - 1;
  let mantissa = limb(first) << 32 | (first > 0 ? limb(first - 1) : 0);
  if (top > 0) mantissa = (mantissa << top) | (first > 1 ? limb(first - 2) >> (32 - top) : 0);
  if (first > 1 && <u32>(limb(first - 2) << top) != 0) rest = true;
  for (let i = 0; i < first - 2; i++) if (limb(i) != 0) rest = true;
  let power = (<i32>length << 5) - top - 1 - shift;
  if (power > 1023) return Infinity;
  let drop = power < -1022 ? 11 + (-1022 - power) : 11;
  if (drop > 64) return 0;
  let half: u64 = <u64>1 << (drop - 1);
  let kept = drop == 64 ? 0 : mantissa >> drop;
  let below = mantissa & ((half << 1) - 1);
  if (below > half || (below == half && (rest || (kept & 1) != 0))) kept++;
  // A carry out of the fraction counts the exponent up, from the subnormal ones too, and up to Infinity.
  return reinterpret<f64>(power < -1022 ? kept : kept + (<u64>(power + 1022) << 52));
}
