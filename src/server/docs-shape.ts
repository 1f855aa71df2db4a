import type { Schema } from './openapi.ts';

/** JSON Schemas, as far as the document has them, as HTML. */

const DEPTH_MAX = 6;
const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, one => SIGNS[one]!);

/** What a value is, in one line. */
export function typeHtml(schema: Schema, depth = 0): string {
  const { $ref, type, items, anyOf, oneOf, allOf } = schema as Record<string, unknown>;
  if (typeof $ref === 'string') {
    const name = escaped($ref.split('/').at(-1)!);
    return `<a href="#shape-${name}">${name}</a>`;
  }
  if (Array.isArray(schema['enum']))
    return schema['enum'].map(one => `<code>${escaped(JSON.stringify(one))}</code>`).join(' | ');
  const options = (anyOf ?? oneOf) as Schema[] | undefined;
  if (depth >= DEPTH_MAX) return '…';
  if (options) return options.map(one => typeHtml(one, depth + 1)).join(' or ');
  if (Array.isArray(allOf)) return allOf.map(one => typeHtml(one as Schema, depth + 1)).join(' and ');
  if (type === 'array') return `list of ${items ? typeHtml(items as Schema, depth + 1) : 'anything'}`;
  const more = schema['additionalProperties'];
  if (type === 'object' && typeof more === 'object' && more !== null)
    return `map of ${typeHtml(more as Schema, depth + 1)}`;
  const name = Array.isArray(type) ? type.join(' or ') : typeof type === 'string' ? type : 'anything';
  return `${escaped(name)}${boundsHtml(schema)}`;
}

function boundsHtml(schema: Schema): string {
  const words = [
    schema['format'],
    schema['pattern'] === undefined ? undefined : `<code>${escaped(String(schema['pattern']))}</code>`,
    range(schema['minimum'], schema['maximum'], ''),
    range(schema['minLength'], schema['maxLength'], ' characters'),
    range(schema['minItems'], schema['maxItems'], ' items'),
    schema['default'] === undefined ? undefined : `default <code>${escaped(JSON.stringify(schema['default']))}</code>`,
  ].filter(one => one !== undefined);
  return words.length > 0 ? ` <small>${words.join(', ')}</small>` : '';
}

function range(least: unknown, most: unknown, unit: string): string | undefined {
  const small = (number: unknown): boolean => typeof number === 'number' && Math.abs(number) < Number.MAX_SAFE_INTEGER;
  if (small(least) && small(most)) return `${least} to ${most}${unit}`;
  if (small(least)) return `at least ${least}${unit}`;
  return small(most) ? `at most ${most}${unit}` : undefined;
}

/** The keys of an object, each with what it is; of what is no object its type. */
export function fieldsHtml(schema: Schema, depth = 0): string {
  const said = typeof schema['description'] === 'string' ? `<p>${escaped(schema['description'])}</p>` : '';
  const parts = schema['allOf'] as Schema[] | undefined;
  if (parts) return said + parts.map(one => fieldsHtml(one, depth)).join('');
  const properties = schema['properties'] as Record<string, Schema> | undefined;
  if (!properties) return `${said}<p>${typeHtml(schema)}</p>${insideHtml(schema, depth)}`;
  const required = (schema['required'] ?? []) as string[];
  const rows = Object.entries(properties).map(([name, one]) => {
    const must = required.includes(name) ? ' <span class="must">required</span>' : '';
    const what = typeof one['description'] === 'string' ? escaped(one['description']) : '';
    return `<tr><th scope="row"><code>${escaped(name)}</code>${must}</th><td>${typeHtml(one)}${insideHtml(one, depth)}</td><td>${what}</td></tr>`;
  });
  return `${said}<table><thead><tr><th scope="col">Key</th><th scope="col">Type</th><th scope="col">What</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/** Keys of objects without a name that stand in other shapes. */
function insideHtml(schema: Schema, depth: number): string {
  if (depth >= DEPTH_MAX) return '';
  const inner = [schema, schema['items'], ...((schema['anyOf'] ?? schema['oneOf'] ?? []) as unknown[])] as (
    | Schema
    | undefined
  )[];
  return inner
    .filter(one => one?.['properties'] !== undefined)
    .map(one => `<details><summary>keys</summary>${fieldsHtml(one!, depth + 1)}</details>`)
    .join('');
}
