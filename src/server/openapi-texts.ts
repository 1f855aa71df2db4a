import type { RouteName } from '#api';

/** What each group of routes is about. */
export const GROUPS: Readonly<Record<string, string>> = {
  Flows: 'Flows with their one draft, their immutable versions, and the settings by which this gateway runs them.',
  Deploys: 'Jobs that put a version into service, and what starts, stops and pauses it.',
  Library: 'Node files, known by the sha256 of their bytes.',
  'Live data': 'What flows, tags, drivers and the log do now.',
  'Dead letters': 'Messages that a node refused, records that ended in a fault, outputs that the other side refused.',
  Access: 'Sessions, users, tokens, secrets, and who changed what.',
  Health: 'For supervisors and monitoring.',
};

const DOCUMENT = {
  format: 'fusewire.flow/1',
  name: 'boiler-alarms',
  nodes: [
    { id: 'in', node_type: 'tag_input', props: { tags: ['line1/+/temp'] } },
    { id: 'hot', node_type: 'filter', props: { field: 'value', op: '>', value: 80 } },
    { id: 'out', node_type: 'file_sink', props: { path: 'alarms.jsonl' } },
  ],
  wires: [
    { source_node: 'in', source_port: 'out', target_node: 'hot', target_port: 'in' },
    { source_node: 'hot', source_port: 'out', target_node: 'out', target_port: 'in' },
  ],
};

/** Bodies as one would send them. */
export const EXAMPLES: Readonly<Partial<Record<RouteName, unknown>>> = {
  createFlow: { name: 'Boiler alarms', document: DOCUMENT },
  changeFlow: { overload: 'spill', test_before_deploy: true },
  saveDraft: { document: DOCUMENT },
  checkDraft: { document: DOCUMENT },
  createVersion: { message: 'Alarm above 80 °C' },
  revertDraft: { version: 3 },
  cloneFlow: { name: 'Boiler alarms, line 2' },
  tryFlow: { messages: [{ tag: 'line1/boiler/temp', value: 81.5 }] },
  deployFlow: { message: 'Alarm above 80 °C', probation_ms: 10_000 },
  rollbackFlow: {},
  traceFlow: { match: 'line1/#', records: 3, within_ms: 5_000 },
  retryDeadLetters: { ids: [17, 18] },
  dropDeadLetters: { ids: 'all' },
  deprecateNode: { deprecated: true, note: 'Use 2.0.0.' },
  login: { user: 'ada', password: '…' },
  createUser: { name: 'ada', role: 'editor', password: '…' },
  changeUser: { role: 'operator' },
  changeOwnPassword: { old: '…', new: '…' },
  createToken: { name: 'backup', role: 'viewer', expires_in_days: 30 },
  putSecret: { value: '…' },
};
