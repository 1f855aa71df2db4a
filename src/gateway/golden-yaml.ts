import { type Alias, isNode, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { type Diagnostic, finding } from '#diagnostic';

/** Keys and indexes from the top of a document. */
export type Place = readonly PropertyKey[];

const DEPTH_MAX = 32;

/** YAML without anchors and aliases, which a few bytes can make gigabytes of. */
export function parseYaml(
  text: string,
): { data: unknown; line: (path: Place) => number | null } | { diagnostics: Diagnostic[] } {
  const lines = new LineCounter();
  const bad = (
    message: string,
    hint = 'Mend the YAML; the message names the place.',
  ): { diagnostics: Diagnostic[] } => ({ diagnostics: [finding('document-invalid', '$', message, hint)] });
  if (deepest(text) > DEPTH_MAX) return bad(`it is nested more than ${DEPTH_MAX} deep`, 'Nest less.');
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      version: '1.2',
      schema: 'core',
      uniqueKeys: true,
      logLevel: 'silent',
    });
    const [error] = [...document.errors, ...document.warnings];
    if (error) return bad(error.message);
    let alias: Alias | null = null;
    visit(document, {
      Alias: (_, node) => {
        alias = node;
        return visit.BREAK;
      },
    });
    if (alias) return bad('it has an alias (*name), which is not taken here', 'Write out what it stands for.');
    const line = (path: Place): number | null => {
      for (let length = path.length; length > 0; length -= 1) {
        const node = document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
      }
      return null;
    };
    return { data: document.toJS({ maxAliasCount: 0 }), line };
  } catch (error) {
    return bad(`not YAML: ${(error as Error).message}`);
  }
}

/** The deepest nesting there can be: by brackets, or by indentation and dashes of a line. */
function deepest(text: string): number {
  let [flow, most] = [0, 0];
  for (const line of text.split('\n')) {
    const indent = /^[\s-]*/.exec(line)![0];
    const dashes = indent.split('-').length - 1;
    let open = flow;
    for (const char of line) {
      if (char === '[' || char === '{') open += 1;
      else if (char === ']' || char === '}') open -= 1;
      most = Math.max(most, open + dashes);
    }
    flow = Math.max(0, open);
    most = Math.max(most, indent.length / 2);
  }
  return most;
}

export function problem(issue: z.core.$ZodIssue, at: Place, line: (path: Place) => number | null): Diagnostic {
  const path = [...at, ...issue.path];
  const where = line(path);
  const unknown =
    issue.code === 'unrecognized_keys'
      ? `unknown ${issue.keys.length > 1 ? 'keys' : 'key'} ${issue.keys.join(', ')}`
      : issue.message;
  const hint = 'docs/testing-flows.md says what may stand there.';
  return finding('document-invalid', showPlace(path), `${unknown}${where === null ? '' : ` (line ${where})`}`, hint);
}

export const showPlace = (path: Place): string =>
  `$${path.map(part => (typeof part === 'number' ? `[${part}]` : /^\w+$/.test(String(part)) ? `.${String(part)}` : `["${String(part)}"]`)).join('')}`;
