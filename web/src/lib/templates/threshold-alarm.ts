import { sketch } from './sketch.ts';

/** Values of good quality above a limit, each as a line of a file. */
export const thresholdAlarm = sketch(
  {
    temps: ['tag_input', [0, 0], { tags: ['line1/+/temp'] }],
    good: ['filter', [1, 0], { field: 'quality', op: '==', value: 0 }],
    hot: ['filter', [2, 0], { op: '>', value: 90 }],
    alarms: ['file_sink', [3, 0], { path: 'alarms.jsonl' }],
  },
  ['temps.out good.in', 'good.true hot.in', 'hot.true alarms.in'],
);
