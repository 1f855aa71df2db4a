import type { ChoiceField, Field, ScalarField } from '$lib/model/form.ts';

/** What compares: a field of the update, an operator, a value. */
export interface ConditionFields {
  readonly field: ChoiceField | null;
  readonly op: ChoiceField;
  readonly value: ScalarField;
  readonly all: readonly Field[];
}

/** The three fields of a comparison, where a form has them. */
export function conditionOf(fields: readonly Field[]): ConditionFields | null {
  const named = (key: string): Field | undefined => fields.find(one => one.key === key);
  const [field, op, value] = [named('field'), named('op'), named('value')];
  if (op?.kind !== 'choice' || value?.kind !== 'scalar') return null;
  if (field !== undefined && field.kind !== 'choice') return null;
  return { field: field ?? null, op, value, all: [field, op, value].filter(one => one !== undefined) };
}
