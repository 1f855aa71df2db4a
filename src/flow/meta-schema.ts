/**
 * What a JSON Schema of draft 2020-12 looks like, as a schema: its published meta-schemas in one piece, without `$dynamicRef`.
 * Words of other drafts that would change the meaning are refused; words nobody knows are notes, as the draft says.
 */
const SCHEMA = { $ref: '#' };
const LIST = { type: 'array', minItems: 1, items: SCHEMA };
const MAP = { type: 'object', additionalProperties: SCHEMA };
const TEXT = { type: 'string' };
const FLAG = { type: 'boolean' };
const NUMBER = { type: 'number' };
const COUNT = { type: 'integer', minimum: 0 };
const NAMES = { type: 'array', items: TEXT };
const TYPE = { enum: ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'] };

const all = <T>(words: string, schema: T): Record<string, T> =>
  Object.fromEntries(words.split(' ').map(word => [word, schema]));

export const META_SCHEMA = {
  type: ['object', 'boolean'],
  properties: {
    $schema: { const: 'https://json-schema.org/draft/2020-12/schema' },
    ...all('$id $ref $anchor $comment pattern format title description contentEncoding contentMediaType', TEXT),
    ...all('items contains additionalProperties propertyNames if then else not', SCHEMA),
    ...all('unevaluatedItems unevaluatedProperties contentSchema', SCHEMA),
    ...all('$defs definitions properties patternProperties dependentSchemas', MAP),
    ...all('prefixItems allOf anyOf oneOf', LIST),
    ...all('maximum minimum exclusiveMaximum exclusiveMinimum', NUMBER),
    ...all('maxLength minLength maxItems minItems maxContains minContains maxProperties minProperties', COUNT),
    ...all('uniqueItems deprecated readOnly writeOnly', FLAG),
    ...all('enum examples', { type: 'array' }),
    ...all('$dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor additionalItems dependencies', false),
    multipleOf: { type: 'number', exclusiveMinimum: 0 },
    type: { anyOf: [TYPE, { type: 'array', minItems: 1, items: TYPE }] },
    required: NAMES,
    dependentRequired: { type: 'object', additionalProperties: NAMES },
  },
};
