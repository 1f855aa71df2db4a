/** Values that fit a JSON Schema of the OpenAPI document. */
import type { Random } from '../support/random.ts';

export type Schema = Readonly<Record<string, unknown>>;
export type Schemas = Readonly<Record<string, Schema>>;

const DEPTH_MAX = 7;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

export class SchemaValues {
  readonly #schemas: Schemas;
  readonly #random: Random;

  constructor(schemas: Schemas, random: Random) {
    this.#schemas = schemas;
    this.#random = random;
  }

  value(schema: Schema, depth = 0): unknown {
    const random = this.#random;
    const whole = this.resolve(schema);
    const options = (whole['anyOf'] ?? whole['oneOf']) as Schema[] | undefined;
    if (options) return this.value(random.pick(options), depth + 1);
    const parts = whole['allOf'] as Schema[] | undefined;
    if (parts) return Object.assign({}, ...parts.map(one => this.value(one, depth)));
    if (Array.isArray(whole['enum'])) return random.pick(whole['enum']);
    const type = Array.isArray(whole['type']) ? random.pick(whole['type'] as string[]) : whole['type'];
    switch (type) {
      case 'string':
        return this.#text(whole);
      case 'integer':
        return this.#integer(whole);
      case 'number':
        return random.pick([0, 1, 0.5, -3.25, 81.5, 1e9]);
      case 'boolean':
        return random.chance(0.5);
      case 'null':
        return null;
      case 'array':
        return this.#list(whole, depth);
      case 'object':
        return this.#object(whole, depth);
      default:
        return random.pick([null, 1, 'text', { a: [1] }]);
    }
  }

  resolve(schema: Schema): Schema {
    const { $ref } = schema;
    return typeof $ref === 'string' ? this.resolve(this.#schemas[$ref.split('/').at(-1)!]!) : schema;
  }

  #integer({ minimum, maximum }: Schema): number {
    const least = Math.max(Number(minimum ?? -10), -1e9);
    const most = Math.min(Number(maximum ?? least + 1_000), least + 1_000);
    return least + this.#random.int(most - least + 1);
  }

  #text({ pattern, format, minLength = 0, maxLength = 40 }: Schema): string {
    if (format === 'date-time') return new Date(1.7e12 + this.#random.int(1e9)).toISOString();
    if (typeof pattern === 'string') return this.#match(pattern);
    const length = Math.min(Number(minLength) + this.#random.int(12), Number(maxLength));
    return Array.from({ length: Math.max(length, Number(minLength)) }, () => LETTERS[this.#random.int(26)]).join('');
  }

  /** Of patterns made of classes, letters and counts. */
  #match(pattern: string): string {
    const parts = pattern
      .replace(/^\^/, '')
      .replace(/\$$/, '')
      .matchAll(/(\[(?:[^\]\\]|\\.)+\]|\\.|.)(?:\{(\d+)(?:,(\d+))?\})?/g);
    let text = '';
    for (const [, atom, least, most] of parts) {
      const from = Number(least ?? 1);
      const count = from + this.#random.int(Math.min(Number(most ?? from), from + 10) - from + 1);
      for (let i = 0; i < count; i += 1) text += this.#character(atom!);
    }
    return text;
  }

  #character(atom: string): string {
    if (!atom.startsWith('[')) return atom.replace('\\', '');
    const choices: string[] = [];
    for (const [whole, from, to] of atom.slice(1, -1).matchAll(/(.)-(.)|./g))
      if (from && to)
        for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code += 1)
          choices.push(String.fromCharCode(code));
      else choices.push(whole);
    return this.#random.pick(choices);
  }

  #list({ items, minItems = 0, maxItems = 3 }: Schema, depth: number): unknown[] {
    if (depth > DEPTH_MAX) return [];
    const length = Math.min(Number(minItems) + this.#random.int(3), Number(maxItems));
    return Array.from({ length }, () => this.value((items ?? {}) as Schema, depth + 1));
  }

  #object({ properties = {}, required = [], additionalProperties }: Schema, depth: number): object {
    const value: Record<string, unknown> = {};
    for (const [name, one] of Object.entries(properties as Schemas))
      if ((required as string[]).includes(name) || (depth < DEPTH_MAX && this.#random.chance(0.5)))
        value[name] = this.value(one, depth + 1);
    if (typeof additionalProperties === 'object' && depth < DEPTH_MAX)
      value['key'] = this.value(additionalProperties as Schema, depth + 1);
    return value;
  }
}
