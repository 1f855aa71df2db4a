/** What keys do to `top`, and what it draws: without a terminal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { widthOf } from '../../src/cli/grid.ts';
import { keysOf } from '../../src/cli/top/keys.ts';
import { pictureLines } from '../../src/cli/top/picture.ts';
import { type Picture, press, shownFlows, startState, type TopState } from '../../src/cli/top/state.ts';
import { World } from '../support/fake/world.ts';
import { BOILER } from '../support/fake-gateway.ts';
import { seeded } from '../support/random.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 3);
const world = new World();
for (const [id, state] of [
  ['alpha', 'running'],
  ['beta', 'stopped'],
  ['gamma-长长的名字', 'running'],
] as const)
  Object.assign(world.create(id, `Flow ${id}`, BOILER), { state, deployed: 1 });
const status = world.status();
const flows = status.flows.map((flow, i) => ({
  ...flow,
  rate: [10, 30, 20][i]!,
  problem: i === 1 ? 'bad\u001b[31m' : null,
}));
const picture: Picture = {
  status: { ...status, flows },
  live: world.live(world.flow('alpha')),
  connected: true,
};

function after(...keys: string[]): TopState {
  return keys.reduce((state, key) => {
    const next = press(state, key, picture);
    assert.notEqual(next, 'quit');
    return next as TopState;
  }, startState(null));
}
const ids = (state: TopState): string[] => shownFlows(picture, state).map(one => one.id);

test('keys of a terminal, also several at once and those that mean nothing', () => {
  assert.deepEqual(keysOf('s\u001b[A\u001bOB\rq'), ['s', 'up', 'down', 'enter', 'q']);
  assert.deepEqual(keysOf('\u001b[5~\u001b[1;5Cé\u007f\u0003'), ['é', 'backspace', 'interrupt']);
  assert.deepEqual(keysOf('\u001b'), ['escape']);
});

test('choose, sort, filter, go in and back, pause, quit', () => {
  assert.deepEqual(ids(after('s')), ['beta', 'gamma-长长的名字', 'alpha']);
  assert.equal(after('down', 'down', 'down', 'up').selected, 1);
  assert.equal(after('up').selected, 0);
  assert.equal(after('s', 'enter').flow, 'beta');
  assert.equal(after('down', 'enter', 'escape').flow, null);
  assert.deepEqual(ids(after('/', 'G', 'A', 'enter')), ['gamma-长长的名字']);
  assert.deepEqual(ids(after('/', 'q', 'backspace', 'b')), ['beta']);
  assert.deepEqual(ids(after('/', 'q', 'escape')).length, 3);
  assert.equal(after('/', 'b', 'e', 'enter', 'enter').flow, 'beta');
  assert.equal(after('p').paused, true);
  assert.equal(press(startState(null), 'q', picture), 'quit');
  assert.equal(press(after('/', 'x'), 'interrupt', picture), 'quit');
  assert.equal(after('/', 'x', 'y', 'z', 'enter', 'enter').flow, null);
});

test(`whatever is pressed in whatever room, no line is too wide and none too many, seed ${SEED}`, () => {
  const random = seeded(SEED);
  const keys = ['s', 'up', 'down', 'enter', 'left', '/', 'escape', 'backspace', 'p', 'a', '中'];
  let state = startState(null);
  for (let step = 0; step < 2_000; step += 1) {
    const next = press(state, random.pick(keys), picture);
    if (next !== 'quit') state = next;
    const size = { width: 1 + random.int(150), height: 1 + random.int(40), color: random.chance(0.5) };
    const lines = pictureLines(picture, state, size);
    assert.ok(lines.length <= size.height, `${lines.length} lines in ${size.height}`);
    for (const line of lines) {
      const text = stripVTControlCharacters(line);
      assert.ok(widthOf(text) <= size.width, `${widthOf(text)} columns in ${size.width}: ${text}`);
      assert.doesNotMatch(text, /\p{Cc}/u);
    }
  }
});

test('a narrow terminal loses columns, and the chosen row stays in sight', () => {
  const wide = pictureLines(picture, startState(null), { width: 120, height: 20, color: false }).join('\n');
  const narrow = pictureLines(picture, startState(null), { width: 60, height: 20, color: false }).join('\n');
  assert.match(wide, /memory/);
  assert.doesNotMatch(narrow, /memory *\n.*\n.*%/);
  assert.match(narrow, /alpha +running/);
  const many = {
    ...picture,
    status: { ...status, flows: Array.from({ length: 99 }, (_, i) => ({ ...flows[0]!, id: `f${i}` })) },
  };
  const low = pictureLines(many, { ...startState(null), selected: 57 }, { width: 80, height: 15, color: false });
  assert.ok(
    low.some(line => line.includes('\u001b[7m')),
    'one row stands out',
  );
});
