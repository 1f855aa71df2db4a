import { GatewayError } from '#diagnostic';

/** Primary result codes of SQLite. */
const SQLITE = {
  perm: 3,
  busy: 5,
  locked: 6,
  readonly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  auth: 23,
  notDatabase: 26,
} as const;

/** What SQLite or the file system says, as an error of the one table; what is a bug of ours comes back as it is. */
export function failure(error: unknown, where: string): unknown {
  if (!(error instanceof Error) || error instanceof GatewayError) return error;
  const { errcode, code, message } = error as Error & { errcode?: number; code?: string };
  if (errcode !== undefined) return ofSqlite(errcode & 0xff, message, where, error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new GatewayError('storage-full', where, message, error);
  if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) return error;
  const hint = code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? `${message}; ${WRITABLE}` : message;
  return new GatewayError('storage-failed', where, hint, error);
}

const WRITABLE = 'the user that runs the gateway must be able to write to the data directory';

function ofSqlite(code: number, message: string, where: string, cause: Error): Error {
  switch (code) {
    case SQLITE.corrupt:
    case SQLITE.notDatabase:
      return new GatewayError('data-corrupt', where, message, cause);
    case SQLITE.full:
      return new GatewayError('storage-full', where, message, cause);
    case SQLITE.busy:
    case SQLITE.locked:
      return new GatewayError('data-locked', where, message, cause);
    case SQLITE.perm:
    case SQLITE.readonly:
    case SQLITE.cannotOpen:
    case SQLITE.auth:
      return new GatewayError('storage-failed', where, `${message}; ${WRITABLE}`, cause);
    case SQLITE.io:
      return new GatewayError('storage-failed', where, message, cause);
    default:
      return cause;
  }
}

/** @throws GatewayError for what the world did wrong */
export function guarded<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw failure(error, where);
  }
}

export const missing = (what: string): GatewayError => new GatewayError('not-found', what);
