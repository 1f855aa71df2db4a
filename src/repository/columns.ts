import type { z } from 'zod';
import { GatewayError } from '#diagnostic';
import { REPOSITORY_LIMITS } from './limits.ts';

/** A column with JSON. @throws GatewayError data-corrupt when it is not of the shape that was written */
export function readColumn<T>(schema: z.ZodType<T>, text: string, where: string): T {
  const result = schema.safeParse(readAny(text, where));
  if (result.success) return result.data;
  throw new GatewayError('data-corrupt', where, result.error.issues[0]!.message, result.error);
}

/** JSON of any shape. */
export function readAny(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GatewayError('data-corrupt', where, (error as Error).message, error);
  }
}

/** Text for a column of JSON. @throws GatewayError too-large */
export function writeColumn(value: unknown, where: string, bytes_max: number): string {
  const text = JSON.stringify(value ?? null);
  checkSize(text, where, bytes_max);
  return text;
}

/** What is only told about what has happened: it is left out, and says so, when it is too long; nothing fails for it. */
export function withinLimit(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  const bytes = Buffer.byteLength(text);
  return bytes <= REPOSITORY_LIMITS.json_bytes ? text : JSON.stringify({ left_out_bytes: bytes });
}

/** @throws GatewayError too-large */
export function checkSize(text: string, where: string, bytes_max: number = REPOSITORY_LIMITS.text_bytes): void {
  // UTF-16 units never outnumber UTF-8 bytes.
  if (text.length > bytes_max || Buffer.byteLength(text) > bytes_max)
    throw new GatewayError('too-large', where, `the limit is ${bytes_max} bytes`);
}

/** @throws GatewayError storage-full */
export function checkCount(count: number, most: number, what: string): void {
  if (count >= most) throw new GatewayError('storage-full', what, `the limit is ${most}`);
}
