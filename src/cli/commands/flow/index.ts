import type { Command } from 'commander';
import { addLazily, type LazyCommand } from '../../lazy.ts';

const LOOK = 'Look:';
const CHANGE = 'Change:';
const RUN = 'Run:';

const FLOW_COMMANDS: Readonly<Record<string, LazyCommand>> = {
  ls: { says: 'list flows', group: LOOK, load: async () => (await import('./ls.ts')).addLs },
  show: {
    says: 'one flow: what it does, or with --document its draft or a version',
    group: LOOK,
    load: async () => (await import('./show.ts')).addShow,
  },
  history: {
    says: 'versions of a flow, or with --deploys its deploys',
    group: LOOK,
    load: async () => (await import('./history.ts')).addHistory,
  },
  diff: {
    says: 'what differs between two versions: nodes, props, wires',
    group: LOOK,
    load: async () => (await import('./diff.ts')).addDiff,
  },
  check: {
    says: 'check the draft, or a file, by the gateway’s library',
    group: LOOK,
    load: async () => (await import('./check.ts')).addCheck,
  },
  test: {
    says: 'run the golden tests of a flow on the gateway',
    group: LOOK,
    load: async () => (await import('./test.ts')).addTest,
  },
  try: {
    says: 'run a draft on messages and see every hop; nothing reaches a sink',
    group: LOOK,
    load: async () => (await import('./try.ts')).addTry,
  },
  record: {
    says: 'record the last moments of a flow that runs, into a file for replay',
    group: LOOK,
    load: async () => (await import('./record.ts')).addFlowRecord,
  },
  new: {
    says: 'create a flow with an empty draft',
    group: CHANGE,
    load: async () => (await import('./new.ts')).addNew,
  },
  apply: {
    says: 'make a flow what a file says: create it, save the draft, cut a version, deploy',
    group: CHANGE,
    load: async () => (await import('./apply.ts')).addApply,
  },
  clone: {
    says: 'a new flow with the draft of another',
    group: CHANGE,
    load: async () => (await import('./new.ts')).addClone,
  },
  settings: {
    says: 'show or change how the gateway runs a flow',
    group: CHANGE,
    load: async () => (await import('./settings.ts')).addSettings,
  },
  export: {
    says: 'write a flow into one file: document, tests, nodes',
    group: CHANGE,
    load: async () => (await import('./bundle.ts')).addExport,
  },
  import: {
    says: 'make a flow of a bundle or of a fused flow.wasm',
    group: CHANGE,
    load: async () => (await import('./bundle.ts')).addImport,
  },
  rm: {
    says: 'delete a flow, its versions and its state',
    group: CHANGE,
    load: async () => (await import('./rm.ts')).addRm,
  },
  deploy: {
    says: 'deploy a version; without one, of the draft',
    group: RUN,
    load: async () => (await import('./deploy.ts')).addDeploy,
  },
  rollback: {
    says: 'deploy the version before the one that runs, or a given one',
    group: RUN,
    load: async () => (await import('./deploy.ts')).addRollback,
  },
  start: {
    says: 'start the deployed version',
    group: RUN,
    load: async () => (await import('./state.ts')).addStart,
  },
  stop: {
    says: 'handle what is in hand, keep the state, stop',
    group: RUN,
    load: async () => (await import('./state.ts')).addStop,
  },
  pause: {
    says: 'set a flow aside; its input waits as its overload policy says',
    group: RUN,
    load: async () => (await import('./state.ts')).addPause,
  },
  resume: {
    says: 'end a pause or a quarantine',
    group: RUN,
    load: async () => (await import('./state.ts')).addResume,
  },
};

export const addFlow = (command: Command): void => addLazily(command, FLOW_COMMANDS);
