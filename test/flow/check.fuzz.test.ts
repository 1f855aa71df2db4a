/** Whatever is checked, the answer is findings that can be shown, or a flow that can be fused. FUZZ_SEED and FUZZ_ROUNDS. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DOCUMENT_LIMITS, MANIFEST_SECTION, type Manifest } from '#abi';
import { DIAGNOSTIC_CODES, type Diagnostic, formatDiagnostics, hasErrors } from '#diagnostic';
import { canonicalFlow, checkFlow, parseFlow } from '#flow';
import { checkNodes } from '#fusion';
import { toInput } from '#gateway';
import { NodeLibrary } from '#library';
import { customSection, parseModule, withCustomSection } from '#wasm';
import { builtIns } from '../support/flows.ts';
import { randomFlow } from '../support/generate.ts';
import { type Random, seeded } from '../support/random.ts';
import { mutateBytes, mutateValue } from './mutate.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 2_000);
const CASES = join(import.meta.dirname, 'cases');
const library = builtIns();

const documents = [
  readFileSync(join(import.meta.dirname, '../../examples/boiler-line/flow.json'), 'utf8'),
  ...Array.from({ length: 20 }, (_, index) => JSON.stringify(randomFlow(seeded(SEED + index)))),
  ...readdirSync(CASES)
    .map(name => join(CASES, name, 'flow.json'))
    .filter(file => existsSync(file))
    .map(file => readFileSync(file, 'utf8')),
];
const values = documents.flatMap(text => {
  const parsed = parseFlow(text);
  return 'document' in parsed ? [parsed.document] : [];
});

/** Findings of a known code, that a terminal can show, with a place that is in the document. */
function assertSound(diagnostics: readonly Diagnostic[], document: unknown, input: string): void {
  assert.ok(diagnostics.length <= DOCUMENT_LIMITS.findings + 1, input);
  for (const { code, where, message, hint } of diagnostics) {
    assert.ok(DIAGNOSTIC_CODES.includes(code), `${code}: ${input}`);
    for (const text of [where, message, hint])
      assert.ok(text.length > 0 && text.length <= 500 && text.isWellFormed(), `${code} ${text}: ${input}`);
    if (document !== undefined && !where.includes('…')) assert.ok(isIn(document, where), `${where} is not in ${input}`);
  }
  assert.doesNotMatch(formatDiagnostics(diagnostics, 'f', false).replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u, input);
}

/** Whether a JSON path leads to a value, or to one that is missing in an object that is there. */
function isIn(document: unknown, where: string): boolean {
  const parts = [...where.slice(1).matchAll(/\.([\w$-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)];
  if (where[0] !== '$' || parts.map(part => part[0]).join('') !== where.slice(1)) return false;
  const path = parts.map(([, name, index, text]) => name ?? index ?? (JSON.parse(text!) as string));
  let at = document;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return false;
    at = (at as Record<string, unknown>)[key];
  }
  return true;
}

/** Checks as `fusewire check` does. @returns whether the flow can be fused */
function check(source: string | Uint8Array, catalog: NodeLibrary, input: string): boolean {
  const parsed = parseFlow(source);
  if ('diagnostics' in parsed) {
    assert.ok(hasErrors(parsed.diagnostics), input);
    assertSound(parsed.diagnostics, undefined, input);
    return false;
  }
  const { document } = parsed;
  const { diagnostics, nodes } = checkFlow(document, catalog);
  assertSound(diagnostics, document, input);
  if (hasErrors(diagnostics)) return false;
  const unfit = checkNodes(toInput(document, nodes), hash => catalog.bytes(hash));
  assertSound(unfit, document, input);
  if (unfit.length > 0) return false;
  const canonical = canonicalFlow(document, nodes);
  const again = parseFlow(canonical);
  assert.ok('document' in again, input);
  assert.equal(canonicalFlow(again.document, checkFlow(again.document, catalog).nodes), canonical, input);
  return true;
}

const preview = (source: string | Uint8Array): string => String(source).slice(0, 2_000);

test(`documents with mutated bytes (FUZZ_SEED=${SEED})`, () => {
  const random = seeded(SEED);
  let sound = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const bytes = mutateBytes(random.pick(documents), random);
    if (check(random.chance(0.5) ? bytes : bytes.toString('latin1'), library, preview(bytes))) sound += 1;
  }
  assert.ok(sound > ROUNDS / 100, `${sound} documents stayed sound`);
});

test(`documents with mutated structure (FUZZ_SEED=${SEED})`, () => {
  const random = seeded(SEED + 1);
  let sound = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const text = JSON.stringify(mutateValue(random.pick(values), random));
    if (check(text, library, preview(text))) sound += 1;
  }
  assert.ok(sound > ROUNDS / 100, `${sound} documents stayed sound`);
});

/** A props schema with every keyword. */
const SCHEMA = JSON.parse(readFileSync(join(import.meta.dirname, 'schema.json'), 'utf8')) as object;
const PROPS = { a: 1, list: [{ x: {} }, null], tree: { a: 'x' }, any: 'abc', p1: 0.3, other: [null, 1] };

function mutatedNode(bytes: Uint8Array, random: Random): Uint8Array {
  const manifest = JSON.parse(
    new TextDecoder().decode(customSection(parseModule(bytes), MANIFEST_SECTION)!),
  ) as Manifest;
  if (random.chance(0.3)) {
    const damaged = Uint8Array.from(bytes);
    for (let edits = random.int(6); edits >= 0; edits -= 1) damaged[random.int(damaged.length)] = random.int(256);
    return random.chance(0.2) ? damaged.subarray(0, random.int(damaged.length)) : damaged;
  }
  const text = JSON.stringify(
    random.chance(0.8) ? { ...manifest, props: mutateValue(SCHEMA, random) } : mutateValue(manifest, random),
  );
  const section = random.chance(0.2) ? mutateBytes(text, random) : Buffer.from(text);
  return withCustomSection(withoutManifest(bytes), MANIFEST_SECTION, section);
}

/** The first section of a name counts, so the old manifest gets another name of the same length. */
function withoutManifest(bytes: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).indexOf(MANIFEST_SECTION);
  const renamed = Uint8Array.from(bytes);
  renamed[at] = 'x'.charCodeAt(0);
  return renamed;
}

test(`nodes with mutated bytes, manifests and schemas (FUZZ_SEED=${SEED})`, () => {
  const random = seeded(SEED + 2);
  const folder = mkdtempSync(join(tmpdir(), 'fusewire-fuzz-'));
  const file = join(folder, 'mine.wasm');
  const taken = { whole: 0, used: 0 };
  try {
    for (let round = 0; round < ROUNDS / 4; round += 1) {
      const { bytes, manifest } = library.byType(random.pick(['filter', 'fan_out', 'tag_input', 'file_sink']))!;
      writeFileSync(file, mutatedNode(bytes, random));
      const own = new NodeLibrary();
      const problems = own.addFile(file);
      assertSound(problems, undefined, `round ${round}`);
      if (problems.length > 0) continue;
      taken.whole += 1;
      const nodes = [{ id: 'mine', node_type: own.types[0] ?? manifest.node_type, props: mutateValue(PROPS, random) }];
      const wires: object[] = [];
      const text = JSON.stringify({ format: 'fusewire.flow/1', name: 'n', nodes, wires });
      if (check(text, own, `round ${round}: ${preview(text)}`)) taken.used += 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  assert.ok(taken.whole > ROUNDS / 40, `${taken.whole} nodes were taken, ${taken.used} fused`);
});
