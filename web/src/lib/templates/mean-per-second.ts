import { sketch } from './sketch.ts';

/** Many values a second become one: the mean of each tag. */
export const meanPerSecond = sketch(
  {
    pressures: ['tag_input', [0, 0], { tags: ['line1/+/pressure'] }],
    second: ['window', [1, 0], { kind: 'tumbling', size_ms: 1_000, lateness_ms: 100 }],
    mean: ['agg', [2, 0], { function: 'mean', suffix: '/mean' }],
    means: ['file_sink', [3, 0], { path: 'means.csv', format: 'csv', batch_count: 100, batch_ms: 1_000 }],
  },
  ['pressures.out second.in', 'second.out mean.in', 'mean.out means.in'],
);
