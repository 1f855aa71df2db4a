import { join } from 'node:path';
import type { DeadLetterDto } from '#api';
import { GatewayError } from '#diagnostic';
import { DeadLetters, type FullLetter, type Letter, readDeadLetters, readDropped } from '#gateway';
import type { FlowHost } from './flow-host.ts';

export interface LettersDone {
  readonly done: number;
  readonly problems: string[];
}
const PROBLEMS_MAX = 100;
const shortened = (problems: string[]): string[] =>
  problems.length > PROBLEMS_MAX
    ? [...problems.slice(0, PROBLEMS_MAX), `and ${problems.length - PROBLEMS_MAX} more`]
    : problems;

/** Dead letters of a flow. They can be read while it does not run; to be retried they need a flow. */
export class Letters {
  readonly #host: FlowHost;
  readonly #folder: string;

  /** @param folder of the flow */
  constructor(host: FlowHost, folder: string) {
    this.#host = host;
    this.#folder = folder;
  }

  /** Newest first. @param after id of the last one that is known. @throws GatewayError cursor-invalid */
  list({
    limit,
    after,
    node,
    kind,
  }: {
    limit: number;
    after?: string | undefined;
    node?: string | undefined;
    kind?: string | undefined;
  }): { items: DeadLetterDto[]; next: string | null; dropped: number } {
    const before = after === undefined ? Number.POSITIVE_INFINITY : Number(after);
    if (Number.isNaN(before)) throw new GatewayError('cursor-invalid', 'dead letters', after);
    const found = this.#all().filter(
      one => one.id < before && (!node || one.node === node) && (!kind || one.kind === kind),
    );
    const items = found.slice(0, limit).map(letterDto);
    const dropped = this.#host.gateway?.stats().letters.dropped ?? readDropped(join(this.#folder, 'dead-letters'));
    return { items, next: found.length > limit ? String(items.at(-1)!.id) : null, dropped };
  }

  /** @throws GatewayError not-found */
  get(id: number): FullLetter {
    const { gateway } = this.#host;
    const letter = gateway ? gateway.deadLetter(id) : this.#stored().find(one => one.id === id);
    if (!letter) throw new GatewayError('not-found', `${this.#host.id} letter ${id}`, 'there is no such dead letter');
    return letter;
  }

  /** Oldest first, one at a time. */
  *full(): Generator<FullLetter> {
    const { gateway } = this.#host;
    if (!gateway) return yield* this.#stored().reverse();
    for (const { id } of gateway.deadLetters().reverse()) {
      const letter = gateway.deadLetter(id);
      if (letter) yield letter;
    }
  }

  /** @throws GatewayError not-running: without a flow letters can be dropped, not retried */
  change(what: 'retry' | 'drop', ids: 'all' | readonly number[]): LettersDone {
    if (what === 'drop' && !this.#host.gateway) return this.#dropStored(ids);
    const gateway = this.#host.running();
    const chosen =
      ids === 'all'
        ? gateway
            .deadLetters()
            .map(one => one.id)
            .reverse()
        : ids;
    const problems = chosen.flatMap(id => {
      const problem =
        what === 'retry' ? gateway.retryDeadLetter(id) : gateway.dropDeadLetter(id) ? null : 'there is none';
      return problem === null ? [] : [`${id}: ${problem}`];
    });
    return { done: chosen.length - problems.length, problems: shortened(problems) };
  }

  #dropStored(ids: 'all' | readonly number[]): LettersDone {
    const store = new DeadLetters(join(this.#folder, 'dead-letters'));
    try {
      const chosen = ids === 'all' ? store.list().map(one => one.id) : ids;
      const problems = chosen.filter(id => !store.drop(id)).map(id => `${id}: there is none`);
      return { done: chosen.length - problems.length, problems: shortened(problems) };
    } finally {
      store.close();
    }
  }

  #all(): Letter[] {
    return this.#host.gateway?.deadLetters() ?? this.#stored();
  }
  #stored(): FullLetter[] {
    return readDeadLetters(join(this.#folder, 'dead-letters')).reverse();
  }
}

export const letterDto = ({
  id,
  time,
  kind,
  node,
  node_type,
  port,
  reason,
  record,
  path,
  message_bytes,
}: Letter): DeadLetterDto => ({
  id,
  time,
  kind,
  node,
  node_type,
  port,
  reason,
  record,
  path: [...path],
  message_bytes,
});
