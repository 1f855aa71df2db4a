import type { LazyCommand } from '../lazy.ts';

const FILES = 'Flows in files:';
const SERVICE = 'The gateway:';
const GATEWAY = 'Flows on a gateway:';
const WATCH = 'What happens on a gateway:';
const ACCESS = 'Who may what:';
const TOOLS = 'Looking closer:';

/** Every command of the first level, in the order of the help. */
export const COMMANDS: Readonly<Record<string, LazyCommand>> = {
  check: {
    says: 'check a flow document and report everything that is wrong with it',
    group: FILES,
    load: async () => (await import('./check.ts')).addCheck,
  },
  convert: {
    says: 'turn a flow document into Protobuf (GraphRule) or back',
    group: FILES,
    load: async () => (await import('./convert.ts')).addConvert,
  },
  fuse: {
    says: 'fuse a flow into one WebAssembly module without imports',
    group: FILES,
    load: async () => (await import('./fuse.ts')).addFuse,
  },
  inspect: {
    says: 'show what a fused module holds: graph, nodes, hashes, memories, imports',
    group: FILES,
    load: async () => (await import('./inspect.ts')).addInspect,
  },
  plan: {
    says: 'what becomes of each node’s state when a new version of a flow takes over: kept, migrated, new, dropped',
    group: FILES,
    load: async () => (await import('./plan.ts')).addPlan,
  },
  try: {
    says: 'run a flow on a few messages and show the way of each, hop by hop; nothing reaches a sink',
    group: FILES,
    load: async () => (await import('./try.ts')).addTry,
  },
  test: {
    says: 'run the golden tests of a flow, unfused and fused; nothing reaches a sink',
    group: FILES,
    load: async () => (await import('./test.ts')).addTest,
  },
  run: {
    says: 'run a flow in the foreground: take tag updates over nng, show live what happens',
    group: FILES,
    load: async () => (await import('./run.ts')).addRun,
  },
  serve: {
    says: 'the gateway as a service: all flows, the library of nodes, the HTTP API',
    group: SERVICE,
    load: async () => (await import('./serve.ts')).addServe,
  },
  config: {
    says: 'the configuration of the gateway: check it, show what holds, print its schema',
    group: SERVICE,
    load: async () => (await import('./config.ts')).addConfig,
  },
  backup: {
    says: 'copy a data directory, also while a gateway runs on it',
    group: SERVICE,
    load: async () => (await import('./backup.ts')).addBackup,
  },
  restore: {
    says: 'make a data directory of a backup',
    group: SERVICE,
    load: async () => (await import('./restore.ts')).addRestore,
  },
  offline: {
    says: 'users and secrets of a gateway that does not run: the first admin, a forgotten password, a new key',
    group: SERVICE,
    load: async () => (await import('./offline.ts')).addOffline,
  },
  simulate: {
    says: 'a driver: pushes simulated tag updates of a production line over nng',
    group: FILES,
    load: async () => (await import('./simulate.ts')).addSimulate,
  },
  flow: {
    says: 'flows of the gateway: drafts, versions, deploys',
    group: GATEWAY,
    load: async () => (await import('./flow/index.ts')).addFlow,
  },
  node: {
    says: 'the gateway’s library of nodes',
    group: GATEWAY,
    load: async () => (await import('./node.ts')).addNode,
  },
  secret: {
    says: 'secrets that sinks name in their props; values are never shown',
    group: GATEWAY,
    load: async () => (await import('./secret.ts')).addSecret,
  },
  status: {
    says: 'the gateway and its flows, now',
    group: WATCH,
    load: async () => (await import('./status.ts')).addStatus,
  },
  top: {
    says: 'the gateway and its flows, live: rates, errors, cost, last values',
    group: WATCH,
    load: async () => (await import('./top.ts')).addTop,
  },
  trace: {
    says: 'follow the next records of a tag through a flow, node by node',
    group: WATCH,
    load: async () => (await import('./trace.ts')).addTrace,
  },
  tags: {
    says: 'tags seen lately: rate, last value, quality, driver, gaps',
    group: WATCH,
    load: async () => (await import('./tags.ts')).addTags,
  },
  drivers: {
    says: 'drivers that are connected',
    group: WATCH,
    load: async () => (await import('./drivers.ts')).addDrivers,
  },
  dlq: {
    says: 'dead letters of a flow: list, show, export, retry, drop',
    group: WATCH,
    load: async () => (await import('./dlq.ts')).addDlq,
  },
  logs: {
    says: 'what the gateway and its nodes log',
    group: WATCH,
    load: async () => (await import('./logs.ts')).addLogs,
  },
  setup: {
    says: 'make the first admin of a gateway, by the token in its log, and log in',
    group: ACCESS,
    load: async () => (await import('./login.ts')).addSetup,
  },
  login: {
    says: 'log in to a gateway, and remember where it is',
    group: ACCESS,
    load: async () => (await import('./login.ts')).addLogin,
  },
  logout: {
    says: 'revoke the stored token and forget it',
    group: ACCESS,
    load: async () => (await import('./login.ts')).addLogout,
  },
  whoami: {
    says: 'which gateway, who one is there, and what one may',
    group: ACCESS,
    load: async () => (await import('./login.ts')).addWhoami,
  },
  user: {
    says: 'users of the gateway and their roles',
    group: ACCESS,
    load: async () => (await import('./user.ts')).addUser,
  },
  token: {
    says: 'API tokens',
    group: ACCESS,
    load: async () => (await import('./token.ts')).addToken,
  },
  audit: {
    says: 'who changed what',
    group: ACCESS,
    load: async () => (await import('./audit.ts')).addAudit,
  },
  record: {
    says: 'write a recording of the last moments of a flow that runs, as it does by itself on a fault',
    group: TOOLS,
    load: async () => (await import('./record.ts')).addRecord,
  },
  replay: {
    says: 'run a recording again: it must end at the same record, in the same node, for the same reason',
    group: TOOLS,
    load: async () => (await import('./replay.ts')).addReplay,
  },
  bench: {
    says: 'measure: fused against unfused and hand-written, end to end, latency, memory (needs the source tree)',
    group: TOOLS,
    load: async () => (await import('./bench.ts')).addBench,
  },
  lab: {
    says: 'the fault lab: run hostile nodes beside healthy flows, and see what contains them',
    group: TOOLS,
    load: async () => (await import('./lab.ts')).addLab,
  },
  help: {
    says: 'the same as --help behind a command',
    group: TOOLS,
    load: async () => (await import('./help.ts')).addHelp,
  },
  completion: {
    says: 'print a script that completes commands, options and flows in your shell',
    group: TOOLS,
    load: async () => (await import('./completion.ts')).addCompletion,
  },
};
