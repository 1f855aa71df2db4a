import { ApiError } from '../api/client.ts';

const AGAIN_MS = 1_500;

/** Does it again and again while nobody answers. @throws what else goes wrong */
export async function untilThere(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 0 && error.status < 500)) throw error;
      await new Promise(resolve => setTimeout(resolve, AGAIN_MS));
    }
  }
}
