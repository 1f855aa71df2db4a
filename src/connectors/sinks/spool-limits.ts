export interface SpoolLimits {
  /** All files together. */
  readonly store_bytes: number;
  /** Older outputs are dropped. */
  readonly store_hours: number;
  /** What happens at the limit of bytes: refuse new ones, or drop the oldest. */
  readonly store_full: 'hold' | 'drop_oldest';
}

/** From a sink's props; the defaults are those of the manifests. */
export const spoolLimits = (props: Readonly<Record<string, unknown>>): SpoolLimits => ({
  store_bytes: Number(props['store_bytes'] ?? 64 * 1024 * 1024),
  store_hours: Number(props['store_hours'] ?? 72),
  store_full: props['store_full'] === 'drop_oldest' ? 'drop_oldest' : 'hold',
});
