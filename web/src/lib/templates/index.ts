/** Flows to begin with. Each is sound as it stands; their tags are those of the simulated line, where it has them. */
import type { FlowDocument } from '../contract.ts';
import { layoutOf, withLayout } from '../model/layout.ts';
import { electricPower } from './electric-power.ts';
import { meanPerSecond } from './mean-per-second.ts';
import { splitByRange } from './split-by-range.ts';
import { stopsToHttp } from './stops-to-http.ts';
import { thresholdAlarm } from './threshold-alarm.ts';
import { unitToMqtt } from './unit-to-mqtt.ts';

/** By the key of their texts: `flows:template_…` and `flows:templateMore_…`. */
export const TEMPLATES = {
  threshold: thresholdAlarm,
  unit: unitToMqtt,
  mean: meanPerSecond,
  power: electricPower,
  split: splitByRange,
  http: stopsToHttp,
} as const satisfies Record<string, FlowDocument>;
export type TemplateName = keyof typeof TEMPLATES;

/** Those that an empty canvas offers at once. */
export const FIRST_TEMPLATES = ['threshold', 'mean', 'unit'] as const satisfies readonly TemplateName[];

export const fromTemplate = (template: TemplateName, name: string): FlowDocument => ({ ...TEMPLATES[template], name });

/** An empty document with what a template draws; its name, limits and frames stay its own. One that is not empty stays as it is. */
export function filledFrom(template: TemplateName, document: FlowDocument): FlowDocument {
  if (document.nodes.length > 0) return document;
  const { nodes, wires } = TEMPLATES[template];
  return withLayout(
    { ...document, nodes, wires },
    { ...layoutOf(document), nodes: layoutOf(TEMPLATES[template]).nodes },
  );
}
