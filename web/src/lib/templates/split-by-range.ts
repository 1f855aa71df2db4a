import { sketch } from './sketch.ts';

/** Each value is counted where it belongs: hot, cold, or neither; all of them are archived. */
export const splitByRange = sketch(
  {
    temps: ['tag_input', [0, 1], { tags: ['line1/+/temp'] }],
    split: ['fan_out', [1, 1]],
    range: [
      'switch',
      [2, 0],
      {
        cases: [
          { op: '>', value: 90 },
          { op: '<', value: 47 },
        ],
        otherwise: 'case3',
      },
    ],
    hot: ['file_sink', [3, 0], { path: 'hot.jsonl' }],
    cold: ['file_sink', [3, 1], { path: 'cold.jsonl' }],
    normal: ['file_sink', [3, 2], { path: 'normal.jsonl', batch_count: 100, batch_ms: 1_000 }],
    archive: ['file_sink', [2, 2], { path: 'archive.csv', format: 'csv', batch_count: 100, batch_ms: 1_000 }],
  },
  [
    'temps.out split.in',
    'split.out1 range.in',
    'range.case1 hot.in',
    'range.case2 cold.in',
    'range.case3 normal.in',
    'split.out2 archive.in',
  ],
);
