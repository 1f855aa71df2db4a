/** The HTTP API of a gateway, typed from its table of routes. Browser-safe. */
export { BadCall } from './address.ts';
export type {
  CallName,
  CallOptions,
  ClientOptions,
  ClientSession,
  EventName,
  EventOptions,
  Full,
} from './call-types.ts';
export { Client } from './client.ts';
export { CLIENT_LIMITS, type ClientLimits } from './limits.ts';
export { ApiProblem } from './problem.ts';
export { EventParser, type ServerEvent } from './sse.ts';
