/** Failed logins: what waits, how long, and that nobody is kept out for ever. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCESS_LIMITS, LoginThrottled, networkOf, Throttle } from '#access';
import { Clock } from './memory-store.ts';
import { ADDRESS, failsWith, PASSWORD, place } from './support.ts';

const OPTIONS = { login_failures: 3, login_wait_ms_max: 60_000 };

function throttle(): { clock: Clock; throttle: Throttle; waitOf: (user: string, address: string) => number } {
  const clock = new Clock();
  const throttle = new Throttle(OPTIONS, clock.now);
  /** Tries once. @returns how long it would have to wait, 0: it was let through, and failed */
  const waitOf = (user: string, address: string): number => {
    try {
      throttle.attempt(user, address);
      return 0;
    } catch (error) {
      assert.ok(error instanceof LoginThrottled && error.code === 'login-throttled');
      return error.retry_after_ms;
    }
  };
  return { clock, throttle, waitOf };
}

test('after some failures each next one waits twice as long, up to a bound', () => {
  const { clock, waitOf } = throttle();
  for (let i = 0; i < 3; i += 1) assert.equal(waitOf('a', '1.1.1.1'), 0);
  const waits: number[] = [];
  for (let i = 0; i < 9; i += 1) {
    const wait = waitOf('a', '1.1.1.1');
    waits.push(wait / 1_000);
    clock.pass(wait - 1);
    assert.equal(waitOf('a', '1.1.1.1'), 1, 'attempts meanwhile do not prolong it');
    clock.pass(1);
    assert.equal(waitOf('a', '1.1.1.1'), 0);
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
  clock.pass(2 * OPTIONS.login_wait_ms_max);
  for (let i = 0; i < 3; i += 1) assert.equal(waitOf('a', '1.1.1.1'), 0, 'it is forgotten');
});

test('one user from many addresses, and many users from one address', () => {
  const { waitOf } = throttle();
  assert.deepEqual(
    ['1.0.0.1', '1.0.0.2', '1.0.0.3', '1.0.0.4'].map(address => waitOf('a', address)),
    [0, 0, 0, 1_000],
  );
  assert.deepEqual(
    ['b', 'c', 'd', 'e'].map(user => waitOf(user, '2.2.2.2')),
    [0, 0, 0, 1_000],
  );
  assert.equal(waitOf('z', '3.3.3.3'), 0);
});

test('a success forgives; where a user has logged in before, failures elsewhere do not count', () => {
  const { throttle: one, waitOf } = throttle();
  waitOf('a', '1.1.1.1');
  waitOf('a', '1.1.1.1');
  one.attempt('a', '1.1.1.1').succeeded();
  for (let i = 0; i < 20; i += 1) waitOf('a', `9.9.9.${i}`);
  assert.ok(waitOf('a', '9.9.8.1') > 0, 'from elsewhere the user waits');
  assert.equal(waitOf('a', '1.1.1.1'), 0);
  one.attempt('a', '1.1.1.1').succeeded();
  for (let i = 0; i < 3; i += 1) waitOf('a', '1.1.1.1');
  assert.ok(waitOf('a', '1.1.1.1') > 0, 'failures there do');
});

test('logins at the same time count as so many', async () => {
  const { access } = await place({ login_failures: 5 });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 30 }, () => access.login('the-admin', 'a wrong password', ADDRESS)),
  );
  const codes = outcomes.map(one => one.status === 'rejected' && (one.reason as { code: string }).code);
  assert.deepEqual([...new Set(codes)].sort(), ['login-failed', 'login-throttled']);
  assert.equal(codes.filter(code => code === 'login-failed').length, 5);
});

test('a right password during the wait is not looked at; after it, it is', async () => {
  const { access, clock } = await place({ login_failures: 2 });
  for (let i = 0; i < 2; i += 1)
    await assert.rejects(access.login('the-admin', 'a wrong password', ADDRESS), failsWith('login-failed'));
  await assert.rejects(access.login('the-admin', PASSWORD, ADDRESS), failsWith('login-throttled'));
  clock.pass(1_000);
  await access.login('the-admin', PASSWORD, ADDRESS);
});

test('the table is bounded, whatever comes', () => {
  const { throttle: one, waitOf } = throttle();
  for (let i = 0; i < 3; i += 1) waitOf('a', '1.1.1.1');
  assert.ok(waitOf('a', '1.1.1.1') > 0);
  for (let i = 0; i < ACCESS_LIMITS.throttled; i += 1)
    one.attempt(`user-${i}`, `${i >> 16}.${(i >> 8) & 255}.${i & 255}.7`);
  assert.equal(waitOf('a', '1.1.1.1'), 0, 'the oldest went');
});

test('a flood of failures leaves room in the audit log, and what is no user is not written down', async () => {
  const { access, clock, store } = await place({ login_failures: 1_000 });
  const fail = (name: string) => access.login(name, 'a wrong password', ADDRESS).catch(() => undefined);
  await fail('my-password-in-the-wrong-field');
  for (let i = 0; i < 50; i += 1) await fail('the-admin');
  const failures = store.rows.audit.filter(one => one.action === 'login.failed');
  assert.equal(failures.length, ACCESS_LIMITS.audited_failures);
  assert.deepEqual([failures[0]!.target, failures[1]!.target], [null, 'the-admin']);
  clock.pass(60_000);
  await fail('the-admin');
  assert.equal(store.rows.audit.length, ACCESS_LIMITS.audited_failures + 1);
});

test('what one person has many of counts as one address', () => {
  const same = [
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::', '2001:0DB8:0001:0002:ffff::1', '2001:db8:1:2::1%eth0'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::1', '0:0:0:0:0:0:0:1', '::'],
  ];
  for (const group of same) assert.equal(new Set(group.map(networkOf)).size, 1, group.join());
  const other = ['2001:db8:1:3::', '2001:db8:1::', '10.0.0.1', '10.0.0.2', '::1', 'fe80::1'];
  assert.equal(new Set(other.map(networkOf)).size, other.length);
  assert.equal(networkOf(null), '');
});
