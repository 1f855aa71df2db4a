import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ariaKeys, keyed, type Press, pressed, shown } from '../../web/src/features/canvas/keys.ts';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});

test('a press by its name, whichever key of the platform it was', () => {
  assert.equal(pressed(press('z', { ctrlKey: true })), 'Mod+z');
  assert.equal(pressed(press('z', { metaKey: true })), 'Mod+z');
  assert.equal(pressed(press('Z', { ctrlKey: true, shiftKey: true })), 'Mod+Shift+z');
  assert.equal(pressed(press('G')), 'g', 'caps lock');
  assert.equal(pressed(press('Delete')), 'Delete');
});

test('where a sign lies on the keyboard does not matter', () => {
  assert.equal(pressed(press('?', { shiftKey: true })), '?');
  assert.equal(pressed(press('/', { shiftKey: true })), '/');
  assert.equal(pressed(press('+', { shiftKey: true })), '+');
});

test('what is pressed with Alt belongs to others', () => {
  assert.equal(pressed(press('w', { altKey: true })), null);
  assert.equal(keyed([{ keys: ['w'] }], press('w', { altKey: true })), null);
});

test('the first of a table that has the key', () => {
  const table = [{ keys: ['Mod+Shift+z', 'Mod+y'] }, { keys: ['y'] }];
  assert.equal(keyed(table, press('y', { ctrlKey: true })), table[0]);
  assert.equal(keyed(table, press('y')), table[1]);
  assert.equal(keyed(table, press('x')), null);
});

test('keys as people write them', () => {
  assert.equal(shown('Mod+Shift+z', false), 'Ctrl+Shift+Z');
  assert.equal(shown('Mod+Shift+z', true), '⇧⌘Z');
  assert.equal(shown('+', false), '+');
  assert.equal(shown('Delete', false), 'Del');
  assert.equal(ariaKeys('Mod+z'), 'Control+z');
});
