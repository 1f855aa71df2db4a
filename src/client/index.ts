/** The HTTP API of a gateway, typed from its table of routes. Browser-safe. */
export { BadCall } from './address.ts';
export {
  type CallName,
  type CallOptions,
  Client,
  type ClientOptions,
  type ClientSession,
  type EventName,
  type EventOptions,
  type Full,
} from './client.ts';
export { CLIENT_LIMITS } from './limits.ts';
export { ApiProblem } from './problem.ts';
export { EventParser, type ServerEvent } from './sse.ts';
