import { randomBytes } from 'node:crypto';
import type { DiagnosticDto, Problem } from '#api';
import { GATEWAY_ERRORS, GatewayError, type GatewayErrorCode, shorten } from '#diagnostic';
import type { Log } from './log.ts';
import { type Extra, respond } from './respond.ts';

const DETAIL_CHARS = 2_000;
export const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  412: 'Changed since',
  413: 'Too large',
  415: 'Unsupported media type',
  421: 'Misdirected request',
  422: 'Cannot be done',
  428: 'Precondition required',
  429: 'Too many requests',
  500: 'Internal error',
  502: 'The other side failed',
  503: 'Not now',
  507: 'Storage failed',
};

/** What an error may carry besides its code. */
interface Details {
  readonly diagnostics?: readonly DiagnosticDto[];
  readonly retry_after_ms?: number;
}

/** A request that is not of its route's shape: every place at once. */
export class RequestInvalid extends GatewayError {
  readonly diagnostics: readonly DiagnosticDto[];

  constructor(diagnostics: readonly DiagnosticDto[]) {
    const first = diagnostics[0];
    super('request-invalid', first?.where ?? '$', first?.message ?? '');
    this.diagnostics = diagnostics;
  }
}
export const invalid = (where: string, message: string, hint: string): RequestInvalid =>
  new RequestInvalid([{ code: 'request-invalid', severity: 'error', where, message, hint }]);

/** Not now, but after a while. */
export function later(code: GatewayErrorCode, where: string, retry_after_ms: number): GatewayError {
  return Object.assign(new GatewayError(code, where), { retry_after_ms });
}

/** @param where place the error is met, for the log. */
export function problemOf(error: unknown, where: string, log: Log): Problem {
  if (!(error instanceof GatewayError)) return ofBug(error, where, log);
  const { status } = GATEWAY_ERRORS[error.code];
  if (status >= 500) log.warn(`${where}: ${error.message}`, { code: error.code });
  const { diagnostics } = error as Details;
  return {
    type: `/docs#${error.code}`,
    title: TITLES[status] ?? 'Error',
    status,
    detail: shorten(error.message, DETAIL_CHARS),
    code: error.code,
    where: shorten(error.where, DETAIL_CHARS),
    ...(diagnostics ? { diagnostics: [...diagnostics] } : {}),
  };
}

/** Nothing of a bug leaves the house but the id under which the log has it. */
function ofBug(error: unknown, where: string, log: Log): Problem {
  const id = randomBytes(6).toString('hex');
  log.error(`${where}: internal error ${id}: ${error instanceof Error ? error.stack : String(error)}`, { id });
  return {
    type: '/docs#internal',
    title: TITLES[500]!,
    status: 500,
    detail: `${GATEWAY_ERRORS.internal.text} The log has it under ${id}.`,
    code: 'internal',
    where: id,
  };
}

export function problemResponse(error: unknown, where: string, log: Log, extra: Extra = {}): Response {
  const problem = problemOf(error, where, log);
  const { retry_after_ms } = (error ?? {}) as Details;
  return respond(problem.status, JSON.stringify(problem), 'application/problem+json', {
    ...(problem.status === 401 ? { 'www-authenticate': 'Bearer realm="fusewire"' } : {}),
    ...(retry_after_ms === undefined ? {} : { 'retry-after': String(Math.ceil(retry_after_ms / 1_000)) }),
    ...extra,
  });
}
