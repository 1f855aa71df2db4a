import { sketch } from './sketch.ts';

/** A motor that stops is told to another system. */
export const stopsToHttp = sketch(
  {
    motors: ['tag_input', [0, 0], { tags: ['line1/+/motor'] }],
    stopped: ['filter', [1, 0], { op: '==', value: false }],
    maintenance: [
      'http_sink',
      [2, 0],
      { url: 'http://127.0.0.1:8080/stops', headers: { 'x-source': 'fusewire' }, batch_count: 20, batch_ms: 1_000 },
    ],
  },
  ['motors.out stopped.in', 'stopped.true maintenance.in'],
);
