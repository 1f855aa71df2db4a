import { randomBytes } from 'node:crypto';
import { GatewayError } from '#diagnostic';
import { MqttLink } from './mqtt-link.ts';
import { NetworkSink } from './network-sink.ts';
import type { Sink, SinkSetup } from './sink.ts';

/**
 * Publishes each output. With QoS 1 and 2 it is delivered when the broker has acknowledged it, with QoS 0 when the socket has
 * taken it. With a spool the broker may be away at the start.
 * @throws GatewayError sink-props-invalid, mqtt-unreachable, storage-failed
 */
export async function openMqttSink(setup: SinkSetup): Promise<Sink> {
  const { node, props } = setup;
  const { url, topic } = props;
  if (typeof url !== 'string' || typeof topic !== 'string')
    throw new GatewayError('sink-props-invalid', 'mqtt_sink', 'props.url and props.topic are needed');
  const { connect } = await import('mqtt');
  const text = (name: string): string | undefined =>
    typeof props[name] === 'string' ? (props[name] as string) : undefined;
  const link = new MqttLink(connect, {
    url,
    topic,
    qos: Number(props['qos'] ?? 1) as 0 | 1 | 2,
    retain: props['retain'] === true,
    version: props['version'] === 4 ? 4 : 5,
    // Two gateways with one id would keep throwing each other out.
    client_id: text('client_id') ?? `fusewire-${node}-${randomBytes(4).toString('hex')}`,
    username: text('username'),
    password: text('password'),
    timeout_ms: Number(props['timeout_ms'] ?? 20_000),
  });
  try {
    const first = link.dial();
    if (setup.spool === null) await first;
    else first.catch(() => undefined);
    return new NetworkSink({ failed: 'mqtt-unreachable', refused: 'mqtt-refused' }, url, setup, events =>
      link.attach(events),
    );
  } catch (error) {
    await link.close();
    if (error instanceof GatewayError) throw error;
    throw new GatewayError('mqtt-unreachable', url, (error as Error).message, error);
  }
}
