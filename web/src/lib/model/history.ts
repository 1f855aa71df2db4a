/** States that one can go back to and forward again. */
export interface Step<T> {
  readonly state: T;
  /** What led to this state. */
  readonly label: string;
}

/** Undo and redo. Changes with the same `join` that follow each other at once are one step. */
export class History<T> {
  #past: Step<T>[] = [];
  #future: Step<T>[] = [];
  #now: Step<T>;
  #join: string | null = null;
  readonly #limit: number;

  /** @param limit steps; the oldest goes first */
  constructor(state: T, limit = 10_000) {
    this.#now = { state, label: '' };
    this.#limit = limit;
  }

  get state(): T {
    return this.#now.state;
  }
  /** What undo would take back; null: nothing. */
  get undoLabel(): string | null {
    return this.#past.length > 0 ? this.#now.label : null;
  }
  get redoLabel(): string | null {
    return this.#future.at(-1)?.label ?? null;
  }

  /** @param join changes with the same text, one after the other, become one step: a drag, a word that is typed */
  push(state: T, label: string, join: string | null = null): void {
    if (state === this.#now.state) return;
    if (join === null || join !== this.#join) this.#past.push(this.#now);
    if (this.#past.length > this.#limit) this.#past.shift();
    this.#now = { state, label };
    this.#future = [];
    this.#join = join;
  }

  /** The next change is a step of its own, whatever it says. */
  seal(): void {
    this.#join = null;
  }

  undo(): T {
    const before = this.#past.pop();
    if (before) {
      this.#future.push(this.#now);
      this.#now = before;
    }
    this.#join = null;
    return this.#now.state;
  }

  redo(): T {
    const after = this.#future.pop();
    if (after) {
      this.#past.push(this.#now);
      this.#now = after;
    }
    this.#join = null;
    return this.#now.state;
  }
}
