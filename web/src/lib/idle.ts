/** Later than this nothing waits, however busy the page is. */
const LATEST_MS = 500;

/** When the browser has drawn what there is to draw: what can wait is loaded then. */
export const idle = (): Promise<void> =>
  new Promise(resolve => {
    // Safari has no such callback.
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: LATEST_MS });
    else setTimeout(resolve, LATEST_MS / 5);
  });
