/** The settings of a flow as a form: a JSON Schema made of the limits that the gateway has. */
import {
  DOCUMENT_LIMITS,
  FLOW_LIMITS,
  type FlowDocument,
  type FlowLimit,
  RECORD_LIMITS,
  type RecordLimit,
  showPath,
} from '../contract.ts';
import { isRecord, problemsOf, type Schema } from './schema.ts';
import { type Way, withValue } from './values.ts';

export type LimitName = RecordLimit | FlowLimit;
export const LIMITS = [...Object.keys(RECORD_LIMITS), ...Object.keys(FLOW_LIMITS)] as LimitName[];
export type SettingName = 'name' | 'description' | 'tick_ms' | 'durable' | LimitName;

const rangeOf = (name: LimitName): { default: number; min: number; max: number } =>
  name in FLOW_LIMITS ? FLOW_LIMITS[name as FlowLimit] : { min: 1, ...RECORD_LIMITS[name as RecordLimit] };

/** @param said title and description of each, in the language that is shown */
export function settingsSchema(said: (name: SettingName) => { title: string; description?: string }): Schema {
  const limits = LIMITS.map(name => {
    const { default: preset, min, max } = rangeOf(name);
    return [name, { ...said(name), type: 'integer', minimum: min, maximum: max, default: preset }];
  });
  return {
    type: 'object',
    required: ['name', 'limits'],
    properties: {
      name: { ...said('name'), type: 'string', minLength: 1, maxLength: 128 },
      tick_ms: {
        ...said('tick_ms'),
        type: 'integer',
        minimum: DOCUMENT_LIMITS.tick_ms_min,
        maximum: DOCUMENT_LIMITS.tick_ms_max,
        default: DOCUMENT_LIMITS.tick_ms,
      },
      durable: { ...said('durable'), type: 'boolean', default: false },
      limits: { type: 'object', properties: Object.fromEntries(limits) },
    },
  };
}

/** One setting of the document; limits of which none is set are not written. */
export function setSetting(document: FlowDocument, way: Way, value: unknown): FlowDocument {
  const next = withValue(document, way, value) as FlowDocument;
  const { limits, ...rest } = next;
  return isRecord(limits) && Object.keys(limits).length === 0 ? (rest as FlowDocument) : next;
}

/** What is wrong with the settings, by the path of each. */
export function settingProblems(document: FlowDocument, schema: Schema): { where: string; message: string }[] {
  const { name, tick_ms, durable, limits = {} } = document;
  const settings = JSON.parse(JSON.stringify({ name, tick_ms, durable, limits })) as unknown;
  return problemsOf(schema, settings).map(({ path, message }) => ({ where: showPath(path), message }));
}
