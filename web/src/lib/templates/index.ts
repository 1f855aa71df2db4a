/** Flows to begin with. Each is sound as it stands; their tags are those of the simulated line, where it has them. */
import type { FlowDocument } from '../contract.ts';
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

export const fromTemplate = (template: TemplateName, name: string): FlowDocument => ({ ...TEMPLATES[template], name });
