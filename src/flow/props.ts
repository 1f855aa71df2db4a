import { Validator } from '@cfworker/json-schema';
import type { Manifest } from '#abi';

/** Keywords whose error only says that an inner schema failed. */
const OUTER_KEYWORDS = ['properties', 'items', 'allOf', '$ref'];

/** Props against the JSON Schemas of manifests. A schema comes from outside too: one that cannot be used is a finding. */
export class PropsChecker {
  readonly #validators = new Map<Manifest, Validator>();
  readonly #broken = new Map<Manifest, string>();

  /** What is wrong, with the path behind `props`, e.g. `.cases[0].op`. */
  problems(manifest: Manifest, props: unknown): { path: string; message: string }[] {
    if (!manifest.props || this.#broken.has(manifest)) return [];
    try {
      const { valid, errors } = this.#validator(manifest).validate(props);
      if (valid) return [];
      return errors
        .filter(error => !OUTER_KEYWORDS.includes(error.keyword))
        .map(({ instanceLocation, error }) => ({ path: showPointer(instanceLocation), message: error }));
    } catch (error) {
      this.#broken.set(manifest, (error as Error).message);
      return [];
    }
  }

  /** Why a manifest's schema cannot be used, once per manifest; null: it can. */
  brokenSchema(manifest: Manifest): string | null {
    return this.#broken.get(manifest) ?? null;
  }

  #validator(manifest: Manifest): Validator {
    let validator = this.#validators.get(manifest);
    if (!validator) {
      validator = new Validator(manifest.props!, '2020-12', false);
      this.#validators.set(manifest, validator);
    }
    return validator;
  }
}

/** `#/cases/0/op` → `.cases[0].op` */
const showPointer = (pointer: string): string =>
  pointer
    .replace(/^#/, '')
    .replaceAll(/\/(\d+)/g, '[$1]')
    .replaceAll('/', '.');
