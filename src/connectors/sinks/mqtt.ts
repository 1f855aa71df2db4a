import { GatewayError } from '#diagnostic';
import { QueuedSink } from './queue.ts';
import { SINK_LIMITS, type Sink, type SinkSetup } from './sink.ts';

type Qos = 0 | 1 | 2;
const CONNECT_TIMEOUT_MS = 5_000;

/** Publishes each batch; with QoS 1 and 2 it counts as written when the broker has acknowledged it. */
export async function openMqttSink({ node, props, events }: SinkSetup): Promise<Sink> {
  const { url, topic } = props;
  if (typeof url !== 'string' || typeof topic !== 'string')
    throw new GatewayError('sink-props-invalid', 'mqtt_sink', 'props.url and props.topic are needed');
  const { connectAsync } = await import('mqtt');
  const text = (name: string): string | undefined =>
    typeof props[name] === 'string' ? (props[name] as string) : undefined;
  const client = await connectAsync(
    url,
    {
      protocolVersion: props['version'] === 4 ? 4 : 5,
      clientId: text('client_id') ?? `fusewire-${node}-${process.pid}`,
      ...(text('username') === undefined ? {} : { username: text('username')! }),
      ...(text('password') === undefined ? {} : { password: text('password')! }),
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 1_000,
    },
    false,
  ).catch((error: Error) => {
    throw new GatewayError('mqtt-unreachable', url, error.message, error);
  });
  // The client dials again by itself; what it could not send stays in our queue.
  client.on('error', error => events.onProblem(new GatewayError('mqtt-unreachable', url, error.message, error)));
  const options = { qos: Number(props['qos'] ?? 1) as Qos, retain: props['retain'] === true };
  return new QueuedSink(
    'mqtt-unreachable',
    url,
    events,
    async body => void (await client.publishAsync(topic, body, options)),
    SINK_LIMITS.in_flight,
    () => client.endAsync(),
  );
}
