import assert from 'node:assert/strict';
import { test } from 'node:test';
import { customSection, parseModule, withBranchHints } from '#wasm';
import { assembleWat } from '../support/nodes.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('an if that leads to what is rare or to a trap is hinted, by its place in the body; others are not', () => {
  const plain = assembleWat(`(module
    (func $rare (export "rare")) (func $often (export "often"))
    (func (export "f") (param i32) (result i32)
      (if (local.get 0) (then (call $often)))
      (if (local.get 0) (then (call $rare)))
      (if (local.get 0) (then (call $often)) (else unreachable))
      (if (local.get 0) (then (block (call $rare))) (else (call $often)))
      (i32.const 7)))`);
  const hinted = withBranchHints(plain, () => false);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(hinted as BufferSource));
  assert.equal((instance.exports['f'] as (x: number) => number)(1), 7);
  const { bodies } = parseModule(plain);
  const content = hex(customSection(parseModule(hinted), 'metadata.code.branch_hint')!);
  // One function, of index 2, with one hint, of one byte: likely. Bodies begin with their locals.
  const body = bodies[2]!;
  const ifs: number[] = [];
  for (let at = body.code; at < body.end; at += 1)
    if (plain[at] === 0x04 && plain[at - 2] === 0x20) ifs.push(at - body.start);
  assert.equal(ifs.length, 4);
  assert.equal(content, `010201${ifs[2]!.toString(16).padStart(2, '0')}0101`);
});

test('what has no code, or no names, stays valid', () => {
  for (const text of ['(module)', '(module (func (export "f") (if (i32.const 0) (then unreachable))))']) {
    const hinted = withBranchHints(assembleWat(text), () => true);
    assert.ok(WebAssembly.validate(hinted as BufferSource), text);
    assert.deepEqual(
      parseModule(hinted)
        .customs.map(({ name }) => name)
        .includes('metadata.code.branch_hint'),
      true,
    );
  }
});
