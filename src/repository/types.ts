/**
 * What the embedded storage holds, as its users see it. All times are ms since the epoch; `by`, `added_by`, … name a user,
 * or `gateway` for what the gateway does by itself. Rows are copies: changing one changes nothing.
 *
 * Unless said otherwise a method throws GatewayError `not-found` when what it is to change is not there, `storage-full` when
 * a limit of `REPOSITORY_LIMITS` or the disk is reached, `storage-failed` when the disk fails. `get` gives null instead.
 */
import type { Audit, Secrets, Sessions, Tokens, Users } from './types/access.ts';
import type { Deploys, Idempotency } from './types/deploys.ts';
import type { Flows } from './types/flows.ts';
import type { Blobs, Nodes } from './types/library.ts';

export * from './types/access.ts';
export * from './types/deploys.ts';
export * from './types/flows.ts';
export * from './types/library.ts';
export * from './types/page.ts';

export interface Repository {
  readonly directory: string;
  readonly blobs: Blobs;
  readonly nodes: Nodes;
  readonly flows: Flows;
  readonly deploys: Deploys;
  readonly idempotency: Idempotency;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly audit: Audit;
  readonly secrets: Secrets;
  /** Runs `work`, which must not wait, as one transaction: all of its changes are kept, or, when it throws, none. */
  transaction<T>(work: () => T): T;
  /** Gives the data directory back; nothing may be called afterwards. */
  close(): void;
}
