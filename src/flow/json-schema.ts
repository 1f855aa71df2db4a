import { dereference, format, type OutputUnit, type Schema, validate } from '@cfworker/json-schema';
import { isPattern, TAG_PATTERN_FORMAT } from '#abi';
import { type Path, quoted, showPath } from '#diagnostic';
import { META_SCHEMA } from './meta-schema.ts';

/** What is wrong with a value, and where in it. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
  /** What to do about it, where more can be said than to look into the schema. */
  readonly hint?: string;
}

/** How many values may still be held against a schema. */
export interface Steps {
  left: number;
}
export class StepsSpent extends Error {}

const DRAFT = '2020-12';
/** Keywords whose error only says that an inner schema failed. */
const OUTER_KEYWORDS = ['properties', 'additionalProperties', 'items', 'prefixItems', 'allOf', '$ref'];
/** Comparisons of numbers or strings that take as long as one other step; objects and arrays take so many times as long. */
const COMPARISONS_A_STEP = 256;
const DEEP_COMPARISON = 16;

format[TAG_PATTERN_FORMAT] = isPattern;
const PATTERN_HINT = '+ and # stand for whole levels, and # comes last: line1/+/temp, line1/#.';

/** A JSON Schema from outside, made ready. Values are held against it in a limited number of steps. */
export class JsonSchema {
  readonly #schema: Schema | boolean;
  readonly #byUri: Record<string, Schema | boolean>;
  readonly #unique: boolean;
  #steps: Steps = { left: 0 };

  /** @throws Error when the library cannot take it: an `$id` that is no URI, one that stands twice. */
  constructor(schema: object) {
    // A copy: the library writes into it.
    this.#schema = structuredClone(schema) as Schema;
    this.#byUri = dereference(this.#schema);
    const inner = new Set(this.#inner());
    this.#unique = inner.values().some(one => one['uniqueItems'] === true);
    for (const one of inner) this.#count(one);
  }

  /** What is wrong with the schema itself, beyond its shape. */
  flaws(): string[] {
    return this.#inner().flatMap(one => [
      ...(one['__absolute_ref__'] === undefined || one['__absolute_ref__'] in this.#byUri
        ? []
        : [`the $ref ${quoted(String(one.$ref))} leads nowhere`]),
      ...[one.pattern, ...Object.keys(one.patternProperties ?? {})]
        .filter(pattern => pattern !== undefined && !isExpression(pattern))
        .map(pattern => `the pattern ${quoted(pattern!)} is no regular expression`),
    ]);
  }

  /** What is wrong with a value. @param all every problem, else the first; @throws StepsSpent */
  problems(value: unknown, steps: Steps, all: boolean): Problem[] {
    this.#steps = steps;
    if (this.#unique) spend(steps, comparisons(value) / COMPARISONS_A_STEP);
    const { valid, errors } = validate(value, this.#schema, DRAFT, this.#byUri, !all);
    if (valid) return [];
    const telling = errors.filter(error => !OUTER_KEYWORDS.includes(error.keyword));
    return (telling.length > 0 ? telling : errors).map(error => toProblem(error, value));
  }

  #inner(): Schema[] {
    return Object.values(this.#byUri).filter(one => typeof one === 'object');
  }

  /** The library reads every keyword once per value; this one means nothing in this draft. */
  #count(schema: Schema): void {
    Object.defineProperty(schema, '$recursiveAnchor', { get: () => spend(this.#steps, 1) });
  }
}

function spend(steps: Steps, count: number): undefined {
  steps.left -= count;
  if (steps.left < 0) throw new StepsSpent('too many steps');
}

/** What `uniqueItems` may cost: it compares each pair of elements. */
function comparisons(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const parts = Object.values(value);
  const deep = parts.some(one => typeof one === 'object') ? DEEP_COMPARISON : 1;
  const own = Array.isArray(value) ? (value.length ** 2 / 2) * deep : 0;
  return parts.reduce((sum: number, one) => sum + comparisons(one), own);
}

function isExpression(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

function toProblem({ instanceLocation, keyword, error }: OutputUnit, value: unknown): Problem {
  const path = toPath(instanceLocation, value);
  if (keyword === 'false') return { path, message: 'There is no such property.' };
  if (keyword !== 'format' || !error.includes(`"${TAG_PATTERN_FORMAT}"`)) return { path, message: error };
  const pattern = path.reduce((at: unknown, part) => (at as Record<string, unknown>)[part], value);
  return { path, message: `${quoted(String(pattern))} is no tag pattern`, hint: PATTERN_HINT };
}

/** `#/cases/0/op` → `['cases', 0, 'op']`, with numbers where the value has arrays. */
function toPath(pointer: string, value: unknown): Path {
  let at: unknown = value;
  return pointer
    .split('/')
    .slice(1)
    .map(part => {
      const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      const isList = Array.isArray(at);
      at = (at as Record<string, unknown> | undefined)?.[key];
      return isList ? Number(key) : key;
    });
}

const meta = new JsonSchema(META_SCHEMA);
const META_STEPS = 1_000_000;

/** Why a JSON Schema cannot be used; each reason names its place. */
export function schemaProblems(schema: object): string[] {
  try {
    const shape = meta.problems(schema, { left: META_STEPS }, true);
    if (shape.length > 0) return shape.map(({ path, message }) => `${showPath(path)}: ${message}`);
    return new JsonSchema(schema).flaws();
  } catch (error) {
    if (error instanceof RangeError) return ['it is nested too deeply'];
    return [(error as Error).message];
  }
}
