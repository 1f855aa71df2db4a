import { sketch } from './sketch.ts';

/** Power = voltage × current, of the last value of each. */
export const electricPower = sketch(
  {
    voltage: ['tag_input', [0, 0], { tags: ['line1/motor1/voltage'] }],
    current: ['tag_input', [0, 1], { tags: ['line1/motor1/current'] }],
    power: ['binary_combine', [1, 0.5], { op: 'multiply', tag: 'line1/motor1/power', timeout_ms: 5_000 }],
    watts: ['scale', [2, 0.5], { round: 1, unit: 'W' }],
    powers: ['file_sink', [3, 0.5], { path: 'power.jsonl' }],
  },
  ['voltage.out power.a', 'current.out power.b', 'power.out watts.in', 'watts.out powers.in'],
);
