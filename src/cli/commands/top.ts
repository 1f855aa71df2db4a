import type { Command } from 'commander';
import type { LiveEventDto } from '#api';
import type { Client } from '#client';
import { type GatewayOptions, onGateway } from '../gateway/connect.ts';
import { colored, print, screenWidth } from '../output.ts';
import { pictureLines } from '../top/picture.ts';
import { Screen } from '../top/screen.ts';
import { type Picture, press, startState, type TopState } from '../top/state.ts';
import { atLeastOne, whole } from '../whole.ts';

interface TopOptions extends GatewayOptions {
  readonly interval: number;
  readonly count?: number;
}

export function addTop(command: Command): void {
  command
    .argument('[flow]', 'go into this flow at once')
    .option('--interval <ms>', 'time between two pictures', whole(100, 60_000), 1_000)
    .option('-n, --count <n>', 'end after so many pictures', atLeastOne)
    .addHelpText(
      'after',
      '\nKeys: q quit, s sort, ↑ ↓ choose, enter into a flow, ← back, / filter, p pause.\nIn a pipe: one table after the other; with --json one object a line.\n\nExamples:\n  fusewire top\n  fusewire top boiler -n 1 | cat',
    );
  onGateway<TopOptions>(command, async ({ client, args: [flow], options }) => {
    const state = startState(flow ?? null);
    const interactive = process.stdout.isTTY === true && !options.json;
    await (interactive ? new Top(client, state, options).run() : printTables(client, state, options));
  });
}

const wantedOf = (state: TopState, interval_ms: number) =>
  ({ status: 'true', interval_ms, ...(state.flow !== null && { flow: state.flow }) }) as const;

const NOTHING: Picture = { status: null, live: null, connected: true };

function withEvent(picture: Picture, event: LiveEventDto): Picture {
  if (event.type === 'status') return { ...picture, status: event.status, connected: true };
  if (event.type === 'flow') return { ...picture, live: event.flow, connected: true };
  return picture;
}

/** For pipes: what one would see, one picture below the other. */
async function printTables(client: Client, state: TopState, { interval, count, json }: TopOptions): Promise<void> {
  const size = { width: screenWidth(), height: Number.POSITIVE_INFINITY, color: colored(process.stdout) };
  let left = count ?? Number.POSITIVE_INFINITY;
  const shown = state.flow === null ? 'status' : 'flow';
  for await (const event of client.events('events', { query: wantedOf(state, interval) })) {
    if (event.type !== shown) continue;
    if (json) print(JSON.stringify(event.type === 'status' ? event.status : event.flow));
    else print(`${pictureLines(withEvent(NOTHING, event), state, size).join('\n')}\n`);
    left -= 1;
    if (left === 0) return;
  }
}

/** For terminals. */
class Top {
  readonly #client: Client;
  readonly #interval: number;
  readonly #screen = new Screen(
    key => this.#press(key),
    () => this.#draw(),
  );
  #left: number;
  #state: TopState;
  #picture: Picture = NOTHING;
  #stream = new AbortController();
  #over = false;

  constructor(client: Client, state: TopState, { interval, count }: TopOptions) {
    this.#client = client;
    this.#interval = interval;
    this.#state = state;
    this.#left = count ?? Number.POSITIVE_INFINITY;
  }

  async run(): Promise<void> {
    try {
      // Whatever is wrong with the gateway is said on the first screen.
      this.#picture = { ...NOTHING, status: await this.#client.call('getStatus') };
      this.#screen.enter();
      while (!this.#over) await this.#watch();
    } finally {
      this.#screen.leave();
    }
  }

  /** Until another flow is looked at, or the end. */
  async #watch(): Promise<void> {
    this.#stream = new AbortController();
    const { signal } = this.#stream;
    const query = wantedOf(this.#state, this.#interval);
    const onConnection = (connected: boolean): void => {
      this.#picture = { ...this.#picture, connected };
      this.#draw();
    };
    for await (const event of this.#client.events('events', { query, signal, onConnection })) {
      if (this.#state.paused) continue;
      this.#picture = withEvent(this.#picture, event);
      this.#draw();
      if (event.type === (this.#state.flow === null ? 'status' : 'flow')) this.#left -= 1;
      if (this.#left === 0) return this.#end();
    }
  }

  #press(key: string): void {
    const next = press(this.#state, key, this.#picture);
    if (next === 'quit') return this.#end();
    const elsewhere = next.flow !== this.#state.flow;
    this.#state = next;
    if (elsewhere) {
      this.#picture = { ...this.#picture, live: null };
      this.#stream.abort();
    }
    this.#draw();
  }

  #end(): void {
    this.#over = true;
    this.#stream.abort();
  }

  #draw(): void {
    const { columns = 80, rows = 24 } = process.stdout;
    const size = { width: columns, height: rows, color: colored(process.stdout) };
    this.#screen.draw(pictureLines(this.#picture, this.#state, size));
  }
}
