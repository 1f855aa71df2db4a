import { GATEWAY_ERRORS } from '#diagnostic';
import { escaped, fieldsHtml, typeHtml } from './docs-shape.ts';
import type { OpenApi, Operation, Parameter } from './openapi.ts';

/** The OpenAPI document as one page: nothing is loaded from elsewhere, and everything can be read without scripts. */
export function docsPage(api: OpenApi): string {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = api.tags.map(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name));
    return `<section aria-labelledby="${slug(name)}"><h2 id="${slug(name)}">${escaped(name)}</h2>
<p>${prose(description)}</p>
${own.map(one => operationHtml(api, one)).join('\n')}</section>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escaped(api.info.title)} API ${escaped(api.info.version)}</title>
<link rel="stylesheet" href="/docs/style.css"><script src="/docs/copy.js" defer></script></head>
<body><a class="skip" href="#content">To the content</a>
<header><h1>${escaped(api.info.title)} API <small>${escaped(api.info.version)}</small></h1>
<p>${prose(api.info.description)} The same for programs: <a href="/openapi.json">openapi.json</a>.</p></header>
<nav aria-label="Groups"><ul>${api.tags.map(({ name }) => `<li><a href="#${slug(name)}">${escaped(name)}</a></li>`).join('')}<li><a href="#shapes">Shapes</a></li><li><a href="#problems">Problems</a></li></ul></nav>
<main id="content">${HOW}
${groups.join('\n')}
<section aria-labelledby="shapes"><h2 id="shapes">Shapes</h2>
${Object.entries(api.components.schemas)
  .sort(([a], [b]) => a.localeCompare(b))
  .map(
    ([name, schema]) =>
      `<details id="shape-${escaped(name)}"><summary><code>${escaped(name)}</code></summary>${fieldsHtml(schema)}</details>`,
  )
  .join('\n')}</section>
${problemsHtml()}
</main></body></html>
`;
}

const HOW = `<section aria-labelledby="how"><h2 id="how">How to ask</h2>
<p>A gateway on loopback without users asks for no login. Else send a token: <code>Authorization: Bearer …</code>, or log in for a cookie and send <code>X-CSRF-Token</code> with what changes something.</p>
<p>Examples take the address and the token from the shell: <code>FUSEWIRE=http://127.0.0.1:8480</code>, <code>TOKEN=…</code>.</p></section>`;

interface Shown {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

function operationHtml(api: OpenApi, { path, method, operation }: Shown): string {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const permission = operation['x-permission'] ?? 'read';
  const parts = [
    description ? `<p>${prose(description)}</p>` : '',
    `<p class="who">${permission === 'public' ? 'For everybody.' : `Needs the permission <strong>${escaped(permission)}</strong>.`}</p>`,
    parameters.length > 0 ? `<h4>Parameters</h4>${parametersHtml(parameters)}` : '',
    requestBody ? `<h4>Body${requestBody.required ? '' : ' (may be left out)'}</h4>${bodyHtml(requestBody)}` : '',
    `<h4>Answers</h4>${responsesHtml(api, responses)}`,
    exampleHtml(path, method, operation),
  ];
  return `<details id="${escaped(operationId)}" class="route"><summary><span class="method ${method}">${method.toUpperCase()}</span> <code>${escaped(path).replaceAll(/\/(?=.)/g, '/<wbr>')}</code> <span class="what">${escaped(summary)}</span></summary>
<div>${parts.join('\n')}</div></details>`;
}

const parametersHtml = (parameters: readonly Parameter[]): string =>
  table(
    ['Name', 'In', 'Type', 'What'],
    parameters.map(({ name, in: place, required, schema, description }) => [
      `<code>${escaped(name)}</code>${required ? ' <span class="must">required</span>' : ''}`,
      place,
      typeHtml(schema),
      prose(description ?? String(schema['description'] ?? '')),
    ]),
  );

const bodyHtml = ({ content, description }: NonNullable<Operation['requestBody']>): string =>
  (description ? `<p>${prose(description)}</p>` : '') +
  Object.entries(content)
    .map(
      ([type, { schema }]) =>
        `<p><code>${escaped(type)}</code></p>${schema && Object.keys(schema).length > 0 ? fieldsHtml(schema) : ''}`,
    )
    .join('');

function responsesHtml(api: OpenApi, responses: Operation['responses']): string {
  const rows = Object.entries(responses).filter(([, { $ref }]) => $ref === undefined);
  const problems = Object.entries(responses).filter(([, { $ref }]) => $ref !== undefined);
  const whole = table(
    ['Status', 'Type', 'Shape', 'What'],
    rows.map(([status, { content = {}, description = '' }]) => {
      const [type, media] = Object.entries(content)[0] ?? ['', {}];
      const schema = media.schema && Object.keys(media.schema).length > 0 ? typeHtml(media.schema) : '';
      return [status, type === '' ? '' : `<code>${escaped(type)}</code>`, schema, prose(description)];
    }),
  );
  if (problems.length === 0 || !('Problem' in api.components.schemas)) return whole;
  return `${whole}<p>Problems (<a href="#shape-Problem">Problem</a>): ${problems.map(([status]) => status).join(', ')}.</p>`;
}

const SAMPLES: Readonly<Record<string, string>> = {
  flow: 'boiler-alarms',
  version: '3',
  letter: '17',
  name: 'ada',
  deploy: 'd-17',
};

function exampleHtml(path: string, method: string, operation: Operation): string {
  const { requestBody, parameters = [], 'x-permission': permission } = operation;
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => SAMPLES[name] ?? '…');
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? [null, null];
  const words = [
    `curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}"$FUSEWIRE${url}"`,
    ...(permission === 'public' ? [] : ['-H "Authorization: Bearer $TOKEN"']),
    ...(parameters.some(one => one.name === 'If-Match' && one.required) ? [`-H 'If-Match: "12"'`] : []),
    ...(parameters.some(one => one.name === 'Idempotency-Key') ? ['-H "Idempotency-Key: $(uuidgen)"'] : []),
    ...(type === null ? [] : [`-H 'Content-Type: ${type}'`]),
    ...(type === null ? [] : [dataWord(type, media?.example)]),
  ];
  return `<h4>Example</h4><div class="example"><pre tabindex="0"><code>${escaped(words.join(' \\\n  '))}</code></pre><button type="button" class="copy">Copy</button></div>`;
}

const dataWord = (type: string, example: unknown): string =>
  type === 'application/json'
    ? `-d '${JSON.stringify(example ?? {}).replaceAll("'", "'\\''")}'`
    : '--data-binary @file';

const problemsHtml = (): string =>
  `<section aria-labelledby="problems"><h2 id="problems">Problems</h2><p>Each failure is a <a href="#shape-Problem">Problem</a> with one of these codes.</p>
<table><thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">What</th></tr></thead><tbody>
${Object.entries(GATEWAY_ERRORS)
  .map(
    ([code, { status, text }]) =>
      `<tr id="${code}"><th scope="row"><code>${code}</code></th><td>${status}</td><td>${escaped(text)}</td></tr>`,
  )
  .join('\n')}
</tbody></table></section>`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<table><thead><tr>${head.map(one => `<th scope="col">${one}</th>`).join('')}</tr></thead><tbody>${rows
    .map(row => `<tr>${row.map(one => `<td>${one}</td>`).join('')}</tr>`)
    .join('')}</tbody></table>`;

/** Text with `code` in backticks. */
const prose = (text: string): string => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
const slug = (name: string): string => name.toLowerCase().replaceAll(/\W+/g, '-');
