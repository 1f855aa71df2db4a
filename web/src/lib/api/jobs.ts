/** Jobs of the gateway that change what runs: begun at once, followed until they end. */
import { api, ask, idempotencyKey, type Shapes, said } from './client.ts';

export type Job = Shapes['Deploy'];
export type Act = 'start' | 'stop' | 'pause' | 'resume';
export const isOver = (job: Job): boolean => job.state === 'done' || job.state === 'failed';

/** What a job came to nothing for. */
export class JobFailed extends Error {
  readonly job: Job;
  constructor(job: Job) {
    super(job.error ? said(job.error.message) : job.id);
    this.job = job;
  }
}

const LOOK_AGAIN_MS = 1_000;

/** Tells of every step of a job. @returns how it ended. @throws ApiError */
export async function followJob(job: Job, onProgress: (job: Job) => void): Promise<Job> {
  if (isOver(job)) return job;
  const last = await followEvents(job.id, onProgress);
  if (last && isOver(last)) return last;
  // The events broke off: it is asked for instead.
  for (;;) {
    const now = await ask(api.GET('/api/v1/deploys/{deploy}', { params: { path: { deploy: job.id } } }));
    onProgress(now);
    if (isOver(now)) return now;
    await new Promise(resolve => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** @returns the last that was heard */
function followEvents(id: string, onProgress: (job: Job) => void): Promise<Job | null> {
  return new Promise(resolve => {
    let last: Job | null = null;
    const source = new EventSource(`/api/v1/deploys/${encodeURIComponent(id)}/events`);
    const end = (): void => {
      source.close();
      resolve(last);
    };
    source.onmessage = ({ data }: MessageEvent<string>) => {
      last = JSON.parse(data) as Job;
      onProgress(last);
      if (isOver(last)) end();
    };
    source.onerror = end;
  });
}

/** @returns when it is done. @throws ApiError, JobFailed */
export async function act(flow: string, what: Act): Promise<Job> {
  const params = { path: { flow }, header: { 'Idempotency-Key': idempotencyKey() } };
  const job = await followJob(await ask(api.POST(`/api/v1/flows/{flow}/${what}`, { params })), () => undefined);
  if (job.state === 'failed') throw new JobFailed(job);
  return job;
}
