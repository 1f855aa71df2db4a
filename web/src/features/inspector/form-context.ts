/** What the inputs of a form have in common: what they change, and what is wrong with it. */
import { getContext, setContext } from 'svelte';
import type { FormOf } from '$lib/model/form.ts';
import type { Way } from '$lib/model/values.ts';

export interface FormContext {
  readonly form: FormOf;
  readonly disabled: boolean;
  /** Writes a value; undefined takes it away. Changes of the same place that follow each other are one step. */
  set(way: Way, value: unknown, label: string): void;
  /** What is wrong at this place itself. */
  problemAt(way: Way): string | null;
  /** What is wrong there or anywhere below. */
  problemsWithin(way: Way): string[];
}

const KEY = Symbol('form');
export const setForm = (context: FormContext): FormContext => setContext(KEY, context);
export const getForm = (): FormContext => getContext<FormContext>(KEY);
