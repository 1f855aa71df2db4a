/** Longer than anything takes on a slow machine that does other work too. */
export const LONGEST_MS = 120_000;

/** Waits until it holds. @throws Error that quotes it, and what `said` gives, when it does not come about */
export async function until(condition: () => unknown | Promise<unknown>, said: () => string = () => ''): Promise<void> {
  const end = performance.now() + LONGEST_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`it does not come about: ${condition} ${said()}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
