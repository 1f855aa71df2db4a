/** Order of numbers of any kind by their mathematical value: no integer is rounded on the way. */
import { KIND_INT32, KIND_INT64, KIND_UINT32, numberOfBits } from "./tag_update";

export const LESS: i32 = -1;
export const EQUAL: i32 = 0;
export const GREATER: i32 = 1;
/** One of them is NaN. */
export const UNORDERED: i32 = 2;

/** A number as `tag_update` reads it: kind and raw bits. */
export function orderOfNumbers(kindA: u32, bitsA: u64, kindB: u32, bitsB: u64): i32 {
  let wholeA = isWhole(kindA);
  let wholeB = isWhole(kindB);
  if (!wholeA && !wholeB) return orderOfFloats(numberOfBits(kindA, bitsA), numberOfBits(kindB, bitsB));
  if (!wholeA) {
    let order = orderOfIntegerAndFloat(isNegative(kindB, bitsB), magnitudeOf(kindB, bitsB), numberOfBits(kindA, bitsA));
    return order == UNORDERED ? order : -order;
  }
  if (!wholeB) return orderOfIntegerAndFloat(isNegative(kindA, bitsA), magnitudeOf(kindA, bitsA), numberOfBits(kindB, bitsB));
  return orderOfIntegers(isNegative(kindA, bitsA), magnitudeOf(kindA, bitsA), isNegative(kindB, bitsB), magnitudeOf(kindB, bitsB));
}

function orderOfFloats(a: f64, b: f64): i32 {
  return a < b ? LESS : a > b ? GREATER : a == b ? EQUAL : UNORDERED;
}

export function orderOfIntegers(negativeA: bool, a: u64, negativeB: bool, b: u64): i32 {
  if (negativeA != negativeB) return negativeA ? LESS : GREATER;
  if (a == b) return EQUAL;
  return (a < b) == negativeA ? GREATER : LESS;
}

export function orderOfIntegerAndFloat(negative: bool, magnitude: u64, float: f64): i32 {
  if (float != float) return UNORDERED;
  return negative ? -orderOfMagnitude(magnitude, -float) : orderOfMagnitude(magnitude, float);
}

function orderOfMagnitude(magnitude: u64, float: f64): i32 {
  if (float < 0) return GREATER;
  if (float >= 18446744073709551616.0) return LESS;
  let whole = <u64>float;
  if (magnitude != whole) return magnitude < whole ? LESS : GREATER;
  return float > trunc(float) ? LESS : EQUAL;
}

function isWhole(kind: u32): bool {
  return kind == KIND_INT32 || kind == KIND_UINT32 || kind > 16;
}

function signedOf(kind: u32, bits: u64): i64 {
  return kind == KIND_INT32 ? <i64><i32>bits : <i64>bits;
}

function isNegative(kind: u32, bits: u64): bool {
  return (kind == KIND_INT32 || kind == KIND_INT64) && signedOf(kind, bits) < 0;
}

function magnitudeOf(kind: u32, bits: u64): u64 {
  if (kind == KIND_UINT32) return <u64><u32>bits;
  if (kind != KIND_INT32 && kind != KIND_INT64) return bits;
  let value = signedOf(kind, bits);
  return value < 0 ? <u64>-value : <u64>value;
}
