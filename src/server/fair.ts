/** Requests answered in one turn of the event loop; each takes 50 to 100 µs. */
const PER_TURN = 4;

/** A burst of requests is answered a few at a time, so that what drivers send and flows put out has its turn in between. */
export class Fair {
  readonly #waiting: (() => void)[] = [];
  #answered = 0;
  #next: NodeJS.Immediate | null = null;

  /** Now, or in one of the next turns; in order. */
  take(answer: () => void): void {
    this.#next ??= setImmediate(() => this.#turn());
    if (this.#answered < PER_TURN && this.#waiting.length === 0) {
      this.#answered += 1;
      answer();
    } else this.#waiting.push(answer);
  }

  #turn(): void {
    const now = this.#waiting.splice(0, PER_TURN);
    this.#answered = now.length;
    this.#next = now.length > 0 ? setImmediate(() => this.#turn()) : null;
    for (const answer of now) answer();
  }
}
