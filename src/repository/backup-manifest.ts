import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { GatewayError } from '#diagnostic';
import { readAtMost } from '#library';
import { sha256 } from './blobs.ts';

export const MANIFEST = 'manifest.json';
export const FORMAT = 'fusewire.backup/1';
const MANIFEST_BYTES_MAX = 16 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;

/** Below the backup, in folders it makes: nowhere else. */
const path = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  created_at: z.int(),
  schema_version: z.int().min(1),
  with_key: z.boolean(),
  files: z.array(z.strictObject({ path, bytes: z.int().min(0), sha256: hash })),
  /** Of all the rest. */
  sha256: hash,
});
/** What is in a backup. */
export type BackupManifest = z.infer<typeof manifestSchema>;
export type BackupFile = BackupManifest['files'][number];

const checksum = (rest: Omit<BackupManifest, 'sha256'>): string =>
  sha256(JSON.stringify([rest.format, rest.created_at, rest.schema_version, rest.with_key, rest.files]));

export const sealed = (rest: Omit<BackupManifest, 'sha256'>): BackupManifest => ({ ...rest, sha256: checksum(rest) });

/** @throws GatewayError backup-damaged */
export function readManifest(source: string): BackupManifest {
  const file = join(source, MANIFEST);
  const damaged = (detail: string, cause?: unknown): GatewayError =>
    new GatewayError('backup-damaged', file, detail, cause);
  let data: unknown;
  try {
    data = JSON.parse(Buffer.from(readAtMost(file, MANIFEST_BYTES_MAX)).toString('utf8'));
  } catch (error) {
    throw damaged((error as Error).message, error);
  }
  const result = manifestSchema.safeParse(data);
  if (!result.success) throw damaged(result.error.issues[0]!.message, result.error);
  if (checksum(result.data) !== result.data.sha256) throw damaged('its checksum is another');
  return result.data;
}

/** Length and sha256 of a file of any size, piece by piece: others have their turn in between. */
export async function hashFile(file: string): Promise<{ bytes: number; sha256: string }> {
  const digest = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(file, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>) {
    digest.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: digest.digest('hex') };
}
