/** Tells of deploys that somebody else has begun, and of versions that the gateway has taken back. */
import { toast } from 'svelte-sonner';
import { api, ask } from '$lib/api/client.ts';
import { isOver, type Job } from '$lib/api/jobs.ts';
import { t, tGateway } from '$lib/i18n/index.svelte.ts';
import { live } from '$lib/state/live.svelte.ts';

/** Jobs of this page: who began them sees them anyway. */
const own = new Set<string>();
export const claim = (job: Job): void => void own.add(job.id);
/** Of many changes at once only the last are told. */
const LAST = 5;

/** @param flow null: of all flows. @returns what ends it */
export function watchJobs(flow: string | null, onOver: (job: Job) => void = () => undefined): () => void {
  const since = Date.now();
  const told = new Set<string>();
  return live.onChanged(({ what, flow: of, id }) => {
    if (what !== 'deploy' || (flow !== null && of !== null && of !== flow)) return;
    void jobsOf(id, flow)
      .then(jobs => {
        for (const job of jobs) {
          if (isOver(job) && Date.parse(job.ended_at ?? '') < since) continue;
          const news = `${job.id} ${job.state}`;
          if (told.has(news)) continue;
          told.add(news);
          if (isOver(job)) onOver(job);
          if (!own.has(job.id)) tell(job);
        }
      })
      // Somebody else’s job: what cannot be asked for is not told.
      .catch(() => undefined);
  });
}

/** @param id null: several have changed */
async function jobsOf(id: string | null, flow: string | null): Promise<readonly Job[]> {
  if (id !== null) return [await ask(api.GET('/api/v1/deploys/{deploy}', { params: { path: { deploy: id } } }))];
  const query = { limit: LAST, ...(flow !== null && { flow }) };
  return (await ask(api.GET('/api/v1/deploys', { params: { query } }))).items.toReversed();
}

function tell(job: Job): void {
  const values = { flow: job.flow, by: job.by, version: job.version ?? 0 };
  const isGateway = job.kind === 'rollback' && job.by === 'gateway';
  if (isGateway && job.state === 'done')
    toast.error(t('deploy:rolledBack', values), { duration: Number.POSITIVE_INFINITY });
  else if (job.kind !== 'deploy' && job.kind !== 'rollback') return;
  else if (job.state === 'running') toast.info(t('deploy:otherBegan', values), { id: job.id });
  else if (job.state === 'done') toast.success(t('deploy:otherDone', values), { id: job.id });
  else if (job.state === 'failed')
    toast.warning(t('deploy:otherFailed', { ...values, why: tGateway(job.error?.message ?? '') }), { id: job.id });
}
