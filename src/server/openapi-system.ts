/** Routes beside the table: for supervisors, monitoring and people. */
const text = (type: string): object => ({ content: { [type]: { schema: { type: 'string' } } } });
const readiness = {
  content: {
    'application/json': {
      schema: {
        type: 'object',
        properties: { ready: { type: 'boolean' }, reasons: { type: 'array', items: { type: 'string' } } },
        required: ['ready', 'reasons'],
      },
    },
  },
};
const get = (operationId: string, summary: string, responses: object, rest: object = {}): object => ({
  get: { operationId, tags: ['Health'], summary, 'x-permission': 'public', security: [{}], responses, ...rest },
});
const problem = (status: number): object => ({ [status]: { $ref: `#/components/responses/Problem${status}` } });

export const SYSTEM_PATHS: Readonly<Record<string, object>> = {
  '/healthz': get('healthz', 'The process lives', { 200: { description: 'It does.', ...text('text/plain') } }),
  '/readyz': get('readyz', 'Everything runs that should', {
    200: { description: 'It does.', ...readiness },
    503: { description: 'Something that should run does not.', ...readiness },
  }),
  '/metrics': get(
    'metrics',
    'Metrics as Prometheus text',
    { 200: { description: 'Version 0.0.4.', ...text('text/plain') }, ...problem(401), ...problem(403) },
    { 'x-permission': 'read', security: [{ cookie: [] }, { bearer: [] }] },
  ),
  '/openapi.json': get('openapi', 'This document', {
    200: { description: 'OpenAPI 3.1.', ...text('application/json') },
  }),
  '/docs': get('docs', 'This document for people', { 200: { description: 'A page.', ...text('text/html') } }),
};
