import type { LogLevel } from '#abi';
import type { DeployDto } from '#api';

export interface LogEvent {
  readonly level: LogLevel;
  readonly flow: string | null;
  readonly node: string | null;
  readonly text: string;
}
/** Something that lists show has changed. */
export interface Change {
  readonly what: 'flow' | 'deploy' | 'node' | 'dead-letters';
  readonly flow: string | null;
  readonly id: string | null;
  readonly deploy?: DeployDto;
}

/** What the gateway tells those who listen. */
export class News {
  readonly #logs = new Set<(event: LogEvent) => void>();
  readonly #changes = new Set<(change: Change) => void>();

  /** @returns what ends it */
  onLog(listener: (event: LogEvent) => void): () => void {
    this.#logs.add(listener);
    return () => void this.#logs.delete(listener);
  }
  onChange(listener: (change: Change) => void): () => void {
    this.#changes.add(listener);
    return () => void this.#changes.delete(listener);
  }

  log(level: LogLevel, text: string, flow: string | null = null, node: string | null = null): void {
    for (const listener of this.#logs) listener({ level, flow, node, text });
  }
  changed(change: Change): void {
    for (const listener of this.#changes) listener(change);
  }
}
