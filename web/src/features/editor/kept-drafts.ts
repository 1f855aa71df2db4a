/** What somebody drew in a session that ended before it was saved: it waits, in this page only, until they are in again. */
import type { Shapes } from '$lib/api/client.ts';
import type { FlowDocument } from '$lib/contract.ts';

export interface KeptDraft {
  readonly document: FlowDocument;
  readonly tests: readonly Shapes['GoldenTest'][];
  /** What it was drawn upon. */
  readonly revision: string;
}

const kept = new Map<string, KeptDraft>();
const keyOf = (user: string, flow: string): string => `${user} ${flow}`;

export const keepDraft = (user: string, flow: string, draft: KeptDraft): void =>
  void kept.set(keyOf(user, flow), draft);

export function takeKept(user: string, flow: string): KeptDraft | null {
  const draft = kept.get(keyOf(user, flow)) ?? null;
  kept.delete(keyOf(user, flow));
  return draft;
}
