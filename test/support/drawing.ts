/** Drawing on the studio's canvas with the mouse, as a person does. */
import type { Locator, Page } from 'playwright-core';

export const node = (page: Page, id: string): Locator => page.locator(`.svelte-flow__node[data-id="${id}"]`);
export const wires = (page: Page): Locator => page.locator('.svelte-flow__edge');
/** Waits until a node, or the wire between two ports, is marked so. @param mark as it is called: `failed`, `passed`, `added` … */
export function marked(page: Page, what: string | [from: string, to: string], mark: string): Promise<void> {
  const thing =
    typeof what === 'string'
      ? `.svelte-flow__node[data-id="${what}"][aria-label*=", ${mark}"]`
      : `.svelte-flow__edge[aria-label*="from ${what[0]} to ${what[1]}, ${mark}"]`;
  // Of a wire that runs level a browser says that it cannot be seen.
  return page.locator(thing).waitFor({ state: 'attached' });
}
/** Waits until nothing on the canvas is marked so. */
export const unmarked = (page: Page, mark: string): Promise<void> =>
  page.locator(`.svelte-flow [aria-label*=", ${mark}"]`).first().waitFor({ state: 'detached' });

const handle = (page: Page, id: string, port: string, side: 'source' | 'target'): Locator =>
  node(page, id).locator(`.svelte-flow__handle.${side}[data-handleid="${port}"]`);
export const output = (page: Page, id: string, port: string): Locator => handle(page, id, port, 'source');
export const input = (page: Page, id: string, port: string): Locator => handle(page, id, port, 'target');

export async function middle(what: Locator): Promise<{ x: number; y: number }> {
  await what.waitFor();
  const box = (await what.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Takes the mouse from one thing to the other with its button down, and does not let go. */
export async function dragOnto(page: Page, from: Locator, onto: Locator): Promise<void> {
  const [start, end] = [await middle(from), await middle(onto)];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
  await page.mouse.move(end.x, end.y, { steps: 4 });
}

/** Drags a node from the palette to a place on the canvas, in px from its corner. */
export async function addNode(page: Page, title: string, x: number, y: number): Promise<void> {
  const canvas = page.locator('.svelte-flow');
  const before = await page.locator('.svelte-flow__node').count();
  const entry = page.getByRole('complementary', { name: 'Palette' }).locator('[draggable=true]', { hasText: title });
  await entry.first().dragTo(canvas, { targetPosition: { x, y } });
  await page.locator('.svelte-flow__node').nth(before).waitFor();
}

/** Draws a wire from port to port. */
export async function wire(
  page: Page,
  from: [id: string, port: string],
  to: [id: string, port: string],
): Promise<void> {
  const before = await wires(page).count();
  await dragOnto(page, output(page, ...from), input(page, ...to));
  await page.mouse.up();
  await wires(page).nth(before).waitFor({ state: 'attached' });
}
