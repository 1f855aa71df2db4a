import { sketch } from './sketch.ts';

/** °C become °F and go to a broker. */
export const unitToMqtt = sketch(
  {
    temps: ['tag_input', [0, 0], { tags: ['line1/+/temp'] }],
    fahrenheit: ['scale', [1, 0], { factor: 1.8, offset: 32, round: 1, unit: '°F' }],
    broker: ['mqtt_sink', [2, 0], { url: 'mqtt://127.0.0.1:1883', topic: 'plant/line1/temperatures' }],
  },
  ['temps.out fahrenheit.in', 'fahrenheit.out broker.in'],
);
