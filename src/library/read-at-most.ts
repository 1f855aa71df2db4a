import { closeSync, openSync, readSync } from 'node:fs';
import { GatewayError } from '#diagnostic';

const PIECE_BYTES = 1024 * 1024;

/** The first bytes of a file, `most` of them at most: whatever it is, it does not fill memory. @throws GatewayError file-not-found */
export function readAtMost(file: string, most: number): Uint8Array {
  try {
    const handle = openSync(file, 'r');
    try {
      return readPieces(handle, most);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw new GatewayError('file-not-found', file, (error as Error).message, error);
  }
}

function readPieces(handle: number, most: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let left = most; left > 0; ) {
    const piece = new Uint8Array(Math.min(left, PIECE_BYTES));
    const count = readSync(handle, piece);
    if (count === 0) break;
    pieces.push(piece.subarray(0, count));
    left -= count;
  }
  return new Uint8Array(Buffer.concat(pieces));
}
