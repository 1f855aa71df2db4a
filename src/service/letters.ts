import { join } from 'node:path';
import type { DeadLetterDto } from '#api';
import { GatewayError } from '#diagnostic';
import { DeadLetters, type FullLetter, type Letter, readDeadLetters, readDropped } from '#gateway';
import { lockDirectory } from '#storage';
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

  /** Hands messages to their nodes again, oldest first. @throws GatewayError not-running */
  retry(ids: 'all' | readonly number[]): LettersDone {
    const gateway = this.#host.running();
    return this.#each(ids, id => gateway.retryDeadLetter(id));
  }

  /** Of a flow that does not run, too. @throws GatewayError not-running while it starts or stops */
  drop(ids: 'all' | readonly number[]): LettersDone {
    const { gateway } = this.#host;
    const drop = (from: { dropDeadLetter(id: number): boolean }): LettersDone =>
      this.#each(ids, id => (from.dropDeadLetter(id) ? null : 'there is none'));
    if (gateway) return drop(gateway);
    const unlock = this.#lock();
    const letters = new DeadLetters(join(this.#folder, 'dead-letters'));
    try {
      return drop({ dropDeadLetter: id => letters.drop(id) });
    } finally {
      letters.close();
      unlock();
    }
  }

  /** The flow's folder, while the flow has not got it. */
  #lock(): () => void {
    try {
      return lockDirectory(this.#folder);
    } catch (error) {
      throw new GatewayError('not-running', this.#host.id, 'it is starting or stopping; try again', error);
    }
  }

  /** @param work gives null, or why it cannot be done */
  #each(ids: 'all' | readonly number[], work: (id: number) => string | null): LettersDone {
    const chosen =
      ids === 'all'
        ? this.#all()
            .map(one => one.id)
            .reverse()
        : ids;
    const problems = chosen.flatMap(id => {
      const problem = work(id);
      return problem === null ? [] : [`${id}: ${problem}`];
    });
    return { done: chosen.length - problems.length, problems: shortened(problems) };
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
