import type { Attack } from './attacks.ts';

const wire = (source: string, target: string): object => {
  const [source_node, source_port] = source.split('.');
  return { source_node, source_port, target_node: target, target_port: 'in' };
};

export const HEALTHY_SINKS = ['motors', 'alarms', 'loads'] as const;

/** Eight built-in nodes that drop nothing: every update leaves by exactly one of the sinks, as one line. */
export const healthyFlow = (name: string): object => ({
  format: 'fusewire.flow/1',
  name,
  nodes: [
    { id: 'in', node_type: 'tag_input', props: { tags: ['line1/#'] } },
    { id: 'good', node_type: 'filter', props: { field: 'quality', op: '==', value: 0 } },
    {
      id: 'kind',
      node_type: 'switch',
      props: {
        cases: [
          { field: 'tag', op: 'ends_with', value: '/motor' },
          { op: '>', value: 90 },
        ],
        otherwise: 'case3',
      },
    },
    { id: 'fahrenheit', node_type: 'scale', props: { factor: 1.8, offset: 32, unit: '°F' } },
    { id: 'load', node_type: 'scale', props: { factor: 0.01, round: 3 } },
    ...HEALTHY_SINKS.map(id => ({ id, node_type: 'file_sink', props: { path: `${name}/${id}.jsonl` } })),
  ],
  wires: [
    wire('in.out', 'good'),
    wire('good.true', 'kind'),
    wire('kind.case1', 'motors'),
    wire('kind.case2', 'fahrenheit'),
    wire('kind.case3', 'load'),
    wire('fahrenheit.out', 'alarms'),
    wire('load.out', 'loads'),
  ],
});

/** The hostile node in the middle of a line. */
export const hostileFlow = ({ name, node, props, limits }: Attack): object => ({
  format: 'fusewire.flow/1',
  name: `lab-${name}`,
  tick_ms: 50,
  ...(limits && { limits }),
  nodes: [
    { id: 'in', node_type: 'tag_input', props: { tags: ['#'] } },
    { id: 'hostile', node_type: node, ...(props && { props }) },
    // Floods shall not fill the disk.
    { id: 'out', node_type: 'file_sink', props: { path: 'hostile.jsonl', rotate_bytes: 16_777_216, keep: 1 } },
  ],
  wires: [wire('in.out', 'hostile'), wire('hostile.out', 'out')],
});
