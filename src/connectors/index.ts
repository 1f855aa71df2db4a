/** Sources and sinks: how records come in and go out. */
export { isLoopback, parseAddress } from './address.ts';
export {
  type FrameTaker,
  listenPull,
  type PullConnection,
  type PullHandlers,
  type PullListener,
} from './nng/pull.ts';
export { dialPush, type PushConnection } from './nng/push.ts';
export { FrameSplitter } from './nng/splitter.ts';
export { openSink } from './sinks/index.ts';
export type { Sink, SinkState } from './sinks/sink.ts';
