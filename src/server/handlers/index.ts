import type { Access, Secrets } from '#access';
import { routes } from '#api';
import type { Service } from '#service';
import type { Call, Handlers } from '../handlers.ts';
import type { LogRing } from '../log-ring.ts';
import { accessHandlers } from './access.ts';
import { deployHandlers } from './deploys.ts';
import { flowHandlers } from './flows.ts';
import { letterHandlers } from './letters.ts';
import { liveHandlers } from './live.ts';
import { nodeHandlers } from './nodes.ts';

/** What answers each route. Every change that succeeds is written into the audit; those of access do so themselves. */
export function createHandlers(service: Service, access: Access, secrets: Secrets, logs: LogRing): Handlers {
  const handlers: Handlers = {
    ...flowHandlers(service),
    ...deployHandlers(service),
    ...nodeHandlers(service),
    ...liveHandlers(service, logs),
    ...letterHandlers(service),
    ...accessHandlers(service, access, secrets),
  };
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [name, audited(service, name, handler as AnyHandler)]),
  ) as unknown as Handlers;
}

type AnyHandler = (call: Call<never>) => Promise<unknown>;
type AnyCall = {
  readonly params: Record<string, unknown>;
  readonly identity: { readonly name: string };
  readonly address: string;
};

/** Routes that change nothing though they are no GET. */
const HARMLESS = new Set(['checkDraft', 'planDeploy', 'tryFlow', 'testFlow', 'traceFlow']);

function audited(service: Service, name: string, handler: AnyHandler): AnyHandler {
  const { method, group } = routes[name as keyof typeof routes];
  if (method === 'get' || group === 'Access' || HARMLESS.has(name)) return handler;
  return async call => {
    const answer = await handler(call);
    const { params, identity, address } = call as unknown as AnyCall;
    const target = Object.values(params).map(String).join(' ') || targetOf(answer);
    service.repository.audit.append({ actor: identity.name, action: name, target, details: {}, address });
    return answer;
  };
}

/** What was made, where the path does not say what it is about. */
function targetOf(answer: unknown): string {
  const { id, flow, node } = (answer ?? {}) as { id?: string; flow?: { id?: string }; node?: { hash?: string } };
  return id ?? flow?.id ?? node?.hash ?? '';
}
