import { GatewayError } from '#diagnostic';
import type { Sink, SinkSetup } from './sink.ts';

/** Kinds of sinks; each is loaded when the first flow needs it. */
const KINDS: Record<string, () => Promise<(setup: SinkSetup) => Promise<Sink>>> = {
  file: async () => (await import('./file.ts')).openFileSink,
  http: async () => (await import('./http.ts')).openHttpSink,
  mqtt: async () => (await import('./mqtt.ts')).openMqttSink,
};

/** @throws GatewayError when the kind is unknown, the props lack something, or the other side cannot be opened. */
export async function openSink(kind: string, setup: SinkSetup): Promise<Sink> {
  const load = KINDS[kind];
  if (!load) throw new GatewayError('sink-props-invalid', setup.node, `there is no connector "${kind}"`);
  return (await load())(setup);
}
