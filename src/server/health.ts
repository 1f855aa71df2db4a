import { json, respond } from './respond.ts';

/** Whether all runs that should. */
export interface Readiness {
  readonly ready: boolean;
  /** One short sentence for each thing that does not. */
  readonly reasons: readonly string[];
}

/** The process lives: its event loop answers. */
export const healthz = (): Response => respond(200, 'ok\n', 'text/plain; charset=utf-8');

/** @param isKnown who asks may read; others learn only how many reasons there are */
export function readyz({ ready, reasons }: Readiness, isKnown: boolean): Response {
  const shown = isKnown
    ? { reasons }
    : { reasons: reasons.length > 0 ? [`${reasons.length} reasons; log in to see them`] : [] };
  return json(ready ? 200 : 503, { ready, ...shown });
}
