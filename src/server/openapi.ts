import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import { type Answer, API_LIMITS, problem, type Route, type RouteName, routes } from '#api';
import { SYSTEM_PATHS } from './openapi-system.ts';
import { EXAMPLES, GROUPS } from './openapi-texts.ts';
import { TITLES } from './problem.ts';

/** As far as the server and its tests look into it. */
export interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly [kind: string]: unknown };
}
export type Schema = Readonly<Record<string, unknown>>;
export interface Media {
  readonly schema?: Schema;
  readonly example?: unknown;
}
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly description?: string;
    readonly content: Readonly<Record<string, Media>>;
  };
  readonly responses: Readonly<
    Record<string, { readonly description?: string; readonly $ref?: string; readonly content?: Record<string, Media> }>
  >;
  readonly 'x-permission'?: string;
}
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

const header = (name: string, description: string, required = false): object => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string' },
});
const IF_MATCH = 'Revision that one has seen, as the ETag came: `"12"`; `*` is any.';
const KEY = 'A key of your own for what is to be done, e.g. a UUID: sent again, it gets the answer of the first time.';
const SECURITY = [{ cookie: [] }, { bearer: [] }];

/** The OpenAPI 3.1 document, made of the table of routes. Takes tens of milliseconds: made when first asked for. */
export function openApi(version: string, cookie: string): OpenApi {
  const app = new OpenAPIHono();
  const registry = app.openAPIRegistry;
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][])
    registry.registerPath(operation(name, route) as unknown as RouteConfig);
  registry.registerComponent('securitySchemes', 'cookie', {
    type: 'apiKey',
    in: 'cookie',
    name: cookie,
    description: 'Set by `login`. What changes something also needs the header `X-CSRF-Token` of `getSession`.',
  });
  registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token, made by `createToken`.',
  });
  for (const [status, title] of Object.entries(TITLES)) {
    const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
    registry.registerComponent('responses', `Problem${status}`, { description: `${title}.`, content });
  }
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Fusewire',
      version,
      license: { name: 'Apache-2.0' },
      description:
        'Industrial edge gateway: flows of WebAssembly nodes on tag updates. JSON in and out; every failure is a problem of RFC 9457 with a `code`.',
    },
    servers: [{ url: '/' }],
    tags: Object.entries(GROUPS).map(([name, description]) => ({ name, description })),
    security: SECURITY,
  });
  return mended({ ...document, paths: { ...document.paths, ...SYSTEM_PATHS } }) as OpenApi;
}

/** Of a named shape that may be null the generator says that it is both at once. */
function mended(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mended);
  if (typeof value !== 'object' || value === null) return value;
  const { allOf, ...rest } = value as { allOf?: readonly { $ref?: string; type?: unknown }[] };
  const [named, orNull] = allOf ?? [];
  if (allOf?.length === 2 && named?.$ref && Array.isArray(orNull?.type) && orNull.type.includes('null'))
    return { ...rest, anyOf: [{ $ref: named.$ref }, { type: 'null' }] };
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mended(one)]));
}

function operation(name: RouteName, route: Route): object {
  const { method, path, group, summary, description, permission, params, query } = route;
  return {
    operationId: name,
    method,
    path,
    tags: [group],
    summary,
    ...(description === undefined ? {} : { description }),
    'x-permission': permission,
    security: permission === 'public' ? [{}, ...SECURITY] : SECURITY,
    request: { ...(params ? { params } : {}), ...(query ? { query } : {}), ...bodyOf(name, route) },
    ...headersOf(route),
    responses: { ...successOf(name, route), ...problemsOf(route) },
  };
}

function headersOf({ ifMatch, idempotent }: Route): object {
  const parameters = [
    ...(ifMatch ? [header('If-Match', IF_MATCH, ifMatch === 'required')] : []),
    ...(idempotent ? [header('Idempotency-Key', KEY)] : []),
  ];
  return parameters.length > 0 ? { parameters } : {};
}

function bodyOf(name: RouteName, { body, bodyOptional, body_bytes = API_LIMITS.body_bytes }: Route): object {
  if (!body) return {};
  const required = bodyOptional !== true;
  const size = `At most ${body_bytes} bytes.`;
  if ('bytes' in body) {
    const content = Object.fromEntries(body.bytes.map(type => [type, { schema: bytesSchema(type) }]));
    return { body: { required, description: `${body.description} ${size}`, content } };
  }
  const example = EXAMPLES[name];
  const media = { schema: body, ...(example === undefined ? {} : { example }) };
  return { body: { required, description: size, content: { 'application/json': media } } };
}

/** Bytes have no schema in OpenAPI 3.1; forms have one. */
const bytesSchema = (type: string): object =>
  type === 'multipart/form-data'
    ? {
        type: 'object',
        properties: { file: { type: 'string', contentMediaType: 'application/wasm' }, manifest: { type: 'string' } },
        required: ['file'],
      }
    : {};

function successOf(name: RouteName, { answer, status, etag, idempotent }: Route): object {
  const headers = {
    ...(etag ? { ETag: { description: 'Revision, in quotes.', schema: { type: 'string' } } } : {}),
    ...(idempotent
      ? {
          'Idempotency-Replayed': {
            description: '`true`: this is the answer of the first time.',
            schema: { type: 'string' },
          },
        }
      : {}),
  };
  const content = contentOf(answer);
  return {
    [status ?? (answer === null ? 204 : 200)]: {
      description: describe(answer),
      ...(Object.keys(headers).length > 0 ? { headers } : {}),
      ...(content ? { content } : {}),
    },
    ...(etag && name.startsWith('get') ? { 304: { description: 'As `If-None-Match` says.' } } : {}),
  };
}

const describe = (answer: Answer): string =>
  answer === null
    ? 'Done.'
    : 'events' in answer
      ? 'Server-sent events; `data` is JSON of this shape. Comments keep the connection alive.'
      : 'bytes' in answer
        ? (answer as { description: string }).description
        : 'Done.';

function contentOf(answer: Answer): object | null {
  if (answer === null) return null;
  if ('events' in answer) return { 'text/event-stream': { schema: answer.events } };
  if ('bytes' in answer) return { [answer.bytes]: { schema: {} } };
  return { 'application/json': { schema: answer } };
}

function problemsOf({ answer, body, idempotent, ifMatch, problems = [] }: Route): object {
  const statuses = new Set([400, 401, 403, 429, 500, ...problems]);
  if (body) for (const status of [413, 415, 503]) statuses.add(status);
  if (idempotent) for (const status of [409, 422]) statuses.add(status);
  if (ifMatch) statuses.add(412);
  if (ifMatch === 'required') statuses.add(428);
  if (answer !== null && 'events' in answer) statuses.add(503);
  // The shape is named here once for each route: so it stands among the document's schemas.
  const other = { description: 'Any other problem.', content: { 'application/problem+json': { schema: problem } } };
  const named = Object.fromEntries(
    [...statuses].sort().map(one => [one, { $ref: `#/components/responses/Problem${one}` }]),
  );
  return { ...named, default: other };
}
