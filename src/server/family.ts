export type Labels = Readonly<Record<string, string>>;
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}
/** Of a histogram: how many up to each bound, not summed up, the last beyond all. */
export interface Distribution {
  readonly labels: Labels;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}
/** One metric with all its time series. Prometheus and OpenTelemetry are both made from these. */
export type Family =
  | { readonly type: 'counter' | 'gauge'; readonly name: string; readonly help: string; readonly samples: Sample[] }
  | { readonly type: 'histogram'; readonly name: string; readonly help: string; readonly samples: Distribution[] };
