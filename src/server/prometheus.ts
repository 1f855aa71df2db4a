import { type Metric, Registry } from 'prom-client';
import type { Distribution, Family } from './family.ts';

interface Line {
  readonly labels: Record<string, string | number>;
  readonly value: number;
  readonly metricName?: string;
}

/** Prometheus text of the families. Loaded at the first scrape: many gateways are never scraped. */
export function prometheusText(families: readonly Family[]): Promise<string> {
  const registry = new Registry();
  for (const family of families) {
    const { name, help, type } = family;
    const values: Line[] =
      type === 'histogram' ? family.samples.flatMap(one => bucketsOf(name, one)) : (family.samples as Line[]);
    // Values come from elsewhere and are not added up here: the registry asks for them and writes them out.
    registry.registerMetric({ name, help, type, get: async () => ({ name, help, type, values }) } as unknown as Metric);
  }
  return registry.metrics();
}
export const PROMETHEUS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

function bucketsOf(name: string, { labels, bounds, counts, sum }: Distribution): Line[] {
  let total = 0;
  const lines: Line[] = counts.map((count, at) => {
    total += count;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bounds[at] ?? '+Inf' }, value: total };
  });
  return [
    ...lines,
    { metricName: `${name}_sum`, labels: { ...labels }, value: sum },
    { metricName: `${name}_count`, labels: { ...labels }, value: total },
  ];
}
