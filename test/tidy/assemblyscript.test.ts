/** Biome cannot read AssemblyScript: its compiler tells how long the functions of nodes are. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as compiler from 'assemblyscript';

const ROOT = join(import.meta.dirname, '../..');
/** As for TypeScript in biome.json. */
const LINES_MAX = 70;
/** A const enum in the types, an object at run time. */
const { NodeKind } = compiler as unknown as { NodeKind: Record<string, number> };
const FUNCTIONS = [NodeKind['FunctionDeclaration'], NodeKind['MethodDeclaration']];

interface Part {
  readonly kind: number;
  readonly range: { readonly start: number; readonly end: number };
  readonly name?: { readonly text: string };
  readonly members?: readonly Part[];
}

const functionsIn = (part: Part): Part[] => [
  ...(FUNCTIONS.includes(part.kind) ? [part] : []),
  ...(part.members ?? []).flatMap(functionsIn),
];

test(`no function of a node has more than ${LINES_MAX} lines`, () => {
  const paths = ['nodes', 'router', 'bench/handwritten', 'test/lab/nodes'].flatMap(dir =>
    readdirSync(join(ROOT, dir), { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.ts'))
      .map(path => `${dir}/${path}`),
  );
  const long: string[] = [];
  let seen = 0;
  for (const path of paths) {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const program = compiler.newProgram(compiler.newOptions());
    compiler.parse(program, text, path, true);
    for (const found of program.sources.flatMap(source => source.statements as readonly Part[]).flatMap(functionsIn)) {
      seen += 1;
      const lines = text
        .slice(found.range.start, found.range.end)
        .split('\n')
        .filter(line => line.trim() !== '').length;
      if (lines > LINES_MAX) long.push(`${path}: ${found.name?.text} has ${lines} lines`);
    }
  }
  assert.ok(seen > 100, `${seen} functions were read`);
  assert.deepEqual(long, []);
});
