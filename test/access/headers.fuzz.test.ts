/** Cookie, Authorization and other headers as strangers send them: refused with a code, never an exception of another kind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Credentials } from '#access';
import { GatewayError } from '#diagnostic';
import { seeded } from '../support/random.ts';
import { ADDRESS, failsWith, PASSWORD, place, request } from './support.ts';

const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 20_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
const CODES = ['unauthenticated', 'csrf-failed', 'forbidden'];
const PIECES = [
  '__Host-fusewire=',
  'fwt_',
  'Bearer ',
  'bearer',
  ';',
  '=',
  ' ',
  '_',
  ',',
  '"',
  '\0',
  '\n',
  '%00',
  '\u{1f4a5}',
];
PIECES.push('__proto__', 'constructor', 'null', 'https://', '//', '@', ':', '[', ']', '\ud800', 'x'.repeat(9_000));

test(`headers, seed ${SEED}`, async () => {
  const { int, pick, chance } = seeded(SEED);
  const { access, store } = await place();
  const login = await access.login('the-editor', PASSWORD, ADDRESS);
  const { token } = access.tokens.create(login.identity, { name: 'x' });
  const [cookie] = login.cookies[0]!.split(';');
  const mutate = (text: string): string => {
    for (let edits = int(4); edits >= 0; edits -= 1) {
      const at = int(text.length + 1);
      text = text.slice(0, at) + pick(PIECES) + text.slice(at + int(5));
    }
    return text;
  };
  const header = (good: string): string | null => (chance(0.3) ? null : chance(0.3) ? good : mutate(good));
  let passed = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const sent: Credentials = {
      method: chance(0.5) ? 'POST' : 'GET',
      address: ADDRESS,
      host: header('gateway.example:8480'),
      cookie: header(cookie!),
      authorization: chance(0.7) ? null : header(`Bearer ${token}`),
      csrf: header(login.csrf),
      origin: header('https://gateway.example:8480'),
      fetch_site: header('same-origin'),
      upgrade: chance(0.1),
    };
    try {
      const { name } = access.authenticate(sent);
      passed += 1;
      assert.equal(name, 'the-editor');
      const isWhole = sent.authorization?.endsWith(token) || sent.cookie?.includes(cookie!);
      assert.ok(isWhole, JSON.stringify(sent));
    } catch (error) {
      assert.ok(error instanceof GatewayError && CODES.includes(error.code), JSON.stringify([sent, String(error)]));
    }
  }
  assert.ok(passed > 0 && passed < ROUNDS, `${passed} of ${ROUNDS} passed`);
  assert.equal(store.rows.sessions.size, 1);
});

test('two cookies of the name that differ are none; the same twice is one', async () => {
  const { access } = await place();
  const [mine, other] = [
    await access.login('the-editor', PASSWORD, ADDRESS),
    await access.login('the-viewer', PASSWORD, ADDRESS),
  ].map(login => login.cookies[0]!.split(';')[0]!);
  assert.throws(
    () => access.authenticate(request(null, { cookie: `${mine}; ${other}` })),
    failsWith('unauthenticated'),
  );
  assert.equal(access.authenticate(request(null, { cookie: `a=b; ${mine};${mine}; c` })).name, 'the-editor');
});

test('a token that does not hold is not made good by a cookie', async () => {
  const { access } = await place();
  const login = await access.login('the-editor', PASSWORD, ADDRESS);
  for (const authorization of ['', 'Basic YTpi', 'Bearer x', 'Bearer'])
    assert.throws(() => access.authenticate(request(login, { authorization })), failsWith('unauthenticated'));
});
