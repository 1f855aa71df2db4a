import type { LiveEventDto, LogLineDto } from '#api';
import type { Change, Service } from '#service';
import { type Handlers, Written } from '../handlers.ts';
import type { LogRing } from '../log-ring.ts';

type LiveHandlers = Pick<
  Handlers,
  | 'getStatus'
  | 'getFlowLive'
  | 'events'
  | 'traceFlow'
  | 'listTags'
  | 'readTags'
  | 'listDrivers'
  | 'listLogs'
  | 'makeRecording'
  | 'listRecordings'
  | 'getRecording'
>;

const LINES_MAX = 500;

export function liveHandlers(service: Service, logs: LogRing): LiveHandlers {
  const { live } = service;
  return {
    getStatus: async () => new Written(live.status(), live.statusText()),
    getFlowLive: async ({ params, query }) => live.flow(service.host(params.flow), query.values === 'true'),
    async events({ query, signal }) {
      if (query.flow !== undefined) service.flows.get(query.flow);
      return events(service, logs, query, signal);
    },
    traceFlow: async ({ params, body, signal }) => service.tracing.trace(params.flow, body ?? {}, signal),
    listTags: async ({ query }) => live.tags(query),
    readTags: async ({ body }) => ({ items: live.tagsNamed(body.tags) }),
    listDrivers: async () => ({ items: live.drivers() }),
    listLogs: async ({ query }) => ({ items: logs.list(query) }),
    async makeRecording({ params }) {
      return { name: await service.recordings.make(params.flow) };
    },
    listRecordings: async ({ params }) => ({ items: service.recordings.list(params.flow) }),
    getRecording: async ({ params }) => ({
      bytes: service.recordings.read(params.flow, params.name),
      name: params.name,
    }),
  };
}

interface Wanted {
  readonly flow?: string | undefined;
  readonly status: 'true' | 'false';
  readonly logs: 'true' | 'false';
  readonly interval_ms: number;
}

/** One look at each interval, whatever happened in between: what changed since is said once. */
async function* events(
  service: Service,
  logs: LogRing,
  wanted: Wanted,
  signal: AbortSignal,
): AsyncGenerator<LiveEventDto> {
  const changes = new Map<string, Change>();
  const stop = service.news.onChange(change => changes.set(`${change.what} ${change.flow} ${change.id}`, change));
  let seen = logs.list({ limit: 1 })[0]?.seq ?? 0;
  try {
    while (!signal.aborted) {
      if (wanted.status === 'true') yield { type: 'status', status: service.live.status() };
      // It may have been removed meanwhile.
      if (wanted.flow !== undefined && service.repository.flows.get(wanted.flow))
        yield { type: 'flow', flow: service.live.flow(service.host(wanted.flow), true) };
      const news = wanted.logs === 'true' ? logsSince(logs, seen, wanted.flow) : null;
      if (news && news.lines.length > 0) yield { type: 'logs', lines: news.lines, dropped: news.dropped };
      seen = news?.seen ?? seen;
      const due = together(changes.values());
      changes.clear();
      for (const change of due) yield { type: 'changed', ...change };
      await pause(wanted.interval_ms, signal);
    }
  } finally {
    stop();
  }
}

/** One for each kind: of several it says what they have in common. */
function together(changes: Iterable<Change>): Pick<Change, 'what' | 'flow' | 'id'>[] {
  const kinds = new Map<string, Pick<Change, 'what' | 'flow' | 'id'>>();
  for (const { what, flow, id } of changes) {
    const other = kinds.get(what);
    if (other) kinds.set(what, { what, flow: other.flow === flow ? flow : null, id: other.id === id ? id : null });
    else kinds.set(what, { what, flow, id });
  }
  return [...kinds.values()];
}

/** Lines since `seen`, as many as go into one event; those that the ring does not hold any more are counted. */
function logsSince(
  logs: LogRing,
  seen: number,
  flow: string | undefined,
): { lines: LogLineDto[]; dropped: number; seen: number } {
  const all = logs.list({ after: seen, limit: LINES_MAX });
  const dropped = all.length > 0 ? all[0]!.seq - seen - 1 : 0;
  return {
    lines: all.filter(line => flow === undefined || line.flow === flow),
    dropped,
    seen: all.at(-1)?.seq ?? seen,
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
