import { decodeUtf8 } from '#abi';
import { SERVER_LIMITS } from './limits.ts';
import { invalid } from './problem.ts';

/** JSON from outside: encoding, nesting, number of values and keys that reach into prototypes. @throws RequestInvalid */
export function parseJsonBody(bytes: Uint8Array): unknown {
  const { text, wrongAt } = decodeUtf8(bytes);
  if (wrongAt !== null) throw invalid('$', `byte ${wrongAt} begins what is not UTF-8`, 'Send UTF-8.');
  checkExtent(text);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw invalid('$', `not JSON: ${(error as Error).message}`, 'Mend the JSON; the message names the place.');
  }
  checkKeys(data);
  return data;
}

/** Before anything is built: brackets and commas outside of strings say how deep and how much. */
function checkExtent(text: string): void {
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 0x5c) i += 1;
      else if (char === 0x22) inString = false;
      continue;
    }
    if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      values += 1;
      if (depth > SERVER_LIMITS.json_depth)
        throw invalid('$', `nested deeper than ${SERVER_LIMITS.json_depth}`, 'Flatten it.');
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
    else if (char === 0x2c) values += 1;
  }
  if (values > SERVER_LIMITS.json_values)
    throw invalid('$', `more than ${SERVER_LIMITS.json_values} values`, 'Send less at a time.');
}

/** `__proto__` anywhere, and `constructor` with a `prototype` in it. */
function checkKeys(data: unknown): void {
  const open: unknown[] = [data];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    if (Array.isArray(one)) {
      for (const item of one) if (typeof item === 'object' && item !== null) open.push(item);
      continue;
    }
    for (const [key, value] of Object.entries(one)) {
      if (key === '__proto__' || (key === 'constructor' && isObject(value) && Object.hasOwn(value, 'prototype')))
        throw invalid('$', `the key "${key}" is not allowed`, 'Use another key.');
      if (isObject(value)) open.push(value);
    }
  }
}
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
