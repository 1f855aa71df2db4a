import type { ControlAnswer, ControlRequest } from './control.ts';
import type { GatewayFlow } from './gateway-flow.ts';

/** Does what was asked of a running flow over its control socket. */
export async function answerControl(flow: GatewayFlow, request: ControlRequest): Promise<ControlAnswer> {
  if (request.do === 'release') {
    await flow.release();
    return { ok: true, done: 1, problems: [] };
  }
  if (request.do === 'record') return { ok: true, done: 1, problems: [], file: await flow.record() };
  // Oldest first.
  const ids =
    request.ids === 'all'
      ? flow
          .deadLetters()
          .map(one => one.id)
          .reverse()
      : request.ids;
  const problems = ids.flatMap(id => {
    const problem =
      request.do === 'retry' ? flow.retryDeadLetter(id) : flow.dropDeadLetter(id) ? null : 'there is none';
    return problem === null ? [] : [`${id}: ${problem}`];
  });
  return { ok: true, done: ids.length - problems.length, problems };
}
