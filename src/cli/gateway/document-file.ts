import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { DraftDto } from '#api';
import { API_LIMITS } from '#api';
import { type Diagnostic, GatewayError } from '#diagnostic';
import { UsageError } from './connect.ts';

/** A file from the command line, not larger than it may be. @throws GatewayError file-not-found, UsageError */
export function readFile(path: string, most: number): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > most) throw new UsageError(`${path} has ${size} bytes; the limit is ${most}`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new GatewayError('file-not-found', path, (error as Error).message, error);
  }
}

/** A flow document as it stands in flow.json or flow.pb: JSON may be unfinished, a draft is. */
export async function readDocument(
  path: string,
): Promise<{ document: unknown; name: string } | { diagnostics: Diagnostic[] }> {
  const bytes = readFile(path, API_LIMITS.draft_bytes);
  const { readGraphRule, readJson } = await import('#flow');
  const read = path.endsWith('.pb') ? await readGraphRule(bytes) : readJson(bytes);
  if ('diagnostics' in read) return read;
  const document = 'document' in read ? read.document : read.data;
  const { name } = (document ?? {}) as { name?: unknown };
  return { document, name: typeof name === 'string' && name !== '' ? name : basename(path).replace(/\.\w+$/, '') };
}

/** Golden tests by the names of their files. */
export const readTests = (paths: readonly string[]): DraftDto['tests'] =>
  paths.map(path => ({
    name: basename(path).replace(/(\.test)?\.ya?ml$/, ''),
    text: Buffer.from(readFile(path, API_LIMITS.test_bytes)).toString('utf8'),
  }));

/** The id that a flow of this name gets: lower-case letters, digits and hyphens, a letter first. */
export function flowIdOf(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const slug = plain.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '');
  const id = (/^[a-z]/.test(slug) ? slug : `flow-${slug}`).slice(0, 64).replace(/-+$/, '');
  return id;
}
