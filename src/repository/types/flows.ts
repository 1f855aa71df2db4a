import type { FlowDocument } from '#flow';
import type { Listing, Page } from './page.ts';

export const OVERLOAD_POLICIES = ['hold', 'spill', 'drop'] as const;
export type OverloadPolicy = (typeof OVERLOAD_POLICIES)[number];
/** How this gateway runs the flow; not part of the document. */
export interface FlowSettings {
  readonly overload: OverloadPolicy;
  readonly test_before_deploy: boolean;
  /** Time in which a new version may fail and be rolled back. */
  readonly probation_ms: number;
}
/** What is left out stays, or has its default. */
export type FlowSettingsChange = { readonly [K in keyof FlowSettings]?: FlowSettings[K] | undefined };
export const DEFAULT_FLOW_SETTINGS: FlowSettings = {
  overload: 'spill',
  test_before_deploy: false,
  probation_ms: 10_000,
};
export const DESIRED_STATES = ['stopped', 'running', 'paused'] as const;
export type DesiredState = (typeof DESIRED_STATES)[number];

export interface FlowRow {
  /** `[a-z][a-z0-9-]{0,63}`. */
  readonly id: string;
  readonly name: string;
  readonly created_at: number;
  readonly created_by: string;
  readonly settings: FlowSettings;
  readonly desired: DesiredState;
  readonly deployed_version: number | null;
}
/** A golden test of a flow, as text (YAML). */
export interface FlowTest {
  readonly name: string;
  readonly text: string;
}
export interface NewFlow {
  readonly id: string;
  readonly name: string;
  readonly by: string;
  readonly settings?: FlowSettingsChange | undefined;
  /** The first draft. */
  readonly document: string;
  readonly tests?: readonly FlowTest[] | undefined;
}
/** The one editable document of a flow. */
export interface Draft {
  readonly flow: string;
  /** JSON as the editor wrote it; whether it is a flow is not looked at here. */
  readonly document: string;
  readonly tests: readonly FlowTest[];
  /** From 1; grows by one with each save. */
  readonly revision: number;
  readonly updated_by: string;
  readonly updated_at: number;
}
export interface DraftChange {
  /** Left out: stays as it is. */
  readonly document?: string | undefined;
  readonly tests?: readonly FlowTest[] | undefined;
  readonly by: string;
}
/** An immutable version without its content. */
export interface VersionSummary {
  readonly flow: string;
  /** From 1, without gaps. */
  readonly number: number;
  /** Of the canonical text: equal hashes run the same. */
  readonly sha256: string;
  readonly message: string;
  readonly author: string;
  readonly created_at: number;
}
export interface VersionRow extends VersionSummary {
  /** Pinned, with layout. */
  readonly document: FlowDocument;
  readonly canonical: string;
  readonly tests: readonly FlowTest[];
}
export interface NewVersion {
  /** Every node pinned to a hash that is in the library. */
  readonly document: FlowDocument;
  /** Of `canonicalFlow`. */
  readonly canonical: string;
  readonly tests: readonly FlowTest[];
  readonly message: string;
  readonly author: string;
}
export interface Flows {
  /** Flow and draft. @throws GatewayError exists */
  create(flow: NewFlow): FlowRow;
  get(id: string): FlowRow | null;
  /** By id. */
  list(filter?: Page & { readonly desired?: DesiredState | undefined }): Listing<FlowRow>;
  /** Settings that are left out stay. */
  update(
    id: string,
    change: {
      readonly name?: string | undefined;
      readonly settings?: FlowSettingsChange | undefined;
      readonly desired?: DesiredState | undefined;
    },
  ): FlowRow;
  /** Draft, versions and deploys go with it; the audit stays. @throws GatewayError in-use unless it is stopped and no deploy is under way */
  remove(id: string): void;
  draft(id: string): Draft | null;
  /** @param expected revision that the change was made from; null: whatever it is. @throws GatewayError conflict */
  saveDraft(id: string, expected: number | null, change: DraftChange): Draft;
  /** @throws GatewayError not-found also when a pinned node is not in the library */
  cutVersion(id: string, version: NewVersion): VersionRow;
  version(id: string, number: number): VersionRow | null;
  /** Newest first. */
  versions(id: string, page?: Page): Listing<VersionSummary>;
}
