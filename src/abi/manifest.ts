/** `tag`: one TagUpdate. `message`: any bytes, JSON unless the node says otherwise. `any`: either. */
export const PORT_TYPES = ['tag', 'message', 'any'] as const;
export type PortType = (typeof PORT_TYPES)[number];

export interface ManifestPort {
  readonly name: string;
  readonly type: PortType;
  readonly description?: string | undefined;
}

/** A node's manifest: what the checks, the forms, the palette and the docs are made from. */
export interface Manifest {
  readonly node_type: string;
  /** Semantic version. */
  readonly version: string;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly icon?: string | undefined;
  readonly inputs: readonly ManifestPort[];
  readonly outputs: readonly ManifestPort[];
  /** JSON Schema 2020-12 of the props. */
  readonly props?: Readonly<Record<string, unknown>> | undefined;
  /** Kind of source or sink; else absent. */
  readonly source?: string | undefined;
  readonly sink?: string | undefined;
}
