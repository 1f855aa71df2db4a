import type { DeployDto } from '#api';
import { GatewayError } from '#diagnostic';
import { deployDto, type Service } from '#service';
import type { Handlers } from '../handlers.ts';
import { updates } from './updates.ts';

type DeployHandlers = Pick<
  Handlers,
  | 'deployFlow'
  | 'rollbackFlow'
  | 'planDeploy'
  | 'startFlow'
  | 'stopFlow'
  | 'pauseFlow'
  | 'resumeFlow'
  | 'listDeploys'
  | 'getDeploy'
  | 'deployEvents'
  | 'getArtifact'
>;

export function deployHandlers(service: Service): DeployHandlers {
  const { deployments, repository } = service;
  const find = (id: string): DeployDto => {
    const row = /^\d{1,15}$/.test(id) ? repository.deploys.get(Number(id)) : null;
    if (!row) throw new GatewayError('not-found', `deploy ${id}`, 'there is no such deploy');
    return deployDto(row);
  };
  return {
    deployFlow: async ({ params, body, identity }) =>
      deployments.deploy(params.flow, {
        version: body?.version,
        message: body?.message ?? '',
        probation_ms: body?.probation_ms,
        by: identity.name,
      }).begun,
    rollbackFlow: async ({ params, body, identity }) =>
      deployments.rollback(params.flow, { version: body?.version, by: identity.name }).begun,
    async planDeploy({ params, body }) {
      const { nodes, diagnostics } = deployments.plan(params.flow, body?.version);
      return { nodes: [...nodes], diagnostics: [...diagnostics] };
    },
    startFlow: async ({ params, identity }) => deployments.start(params.flow, identity.name).begun,
    stopFlow: async ({ params, identity }) => deployments.stop(params.flow, identity.name).begun,
    pauseFlow: async ({ params, identity }) => deployments.pause(params.flow, identity.name).begun,
    resumeFlow: async ({ params, identity }) => deployments.resume(params.flow, identity.name).begun,
    async listDeploys({ query }) {
      const { items, next } = repository.deploys.list(query);
      return { items: items.map(deployDto), next };
    },
    getDeploy: async ({ params }) => find(params.deploy),
    async deployEvents({ params, signal }) {
      find(params.deploy);
      return follow(service, () => find(params.deploy), signal);
    },
    async getArtifact({ params }) {
      const made = deployments.deployed(params.flow);
      if (!made) throw new GatewayError('not-found', params.flow, 'nothing of it is deployed');
      return { bytes: made.wasm, name: `${params.flow}.wasm` };
    },
  };
}

const over = (deploy: DeployDto): boolean => deploy.state === 'done' || deploy.state === 'failed';

/** A deploy as it goes on, until it has ended. */
async function* follow(service: Service, find: () => DeployDto, signal: AbortSignal): AsyncGenerator<DeployDto> {
  const { id } = find();
  const stream = updates<DeployDto>(signal, push =>
    service.news.onChange(change => {
      if (change.what === 'deploy' && change.id === id && change.deploy) push(change.deploy);
    }),
  );
  try {
    // Looked at again: it may have ended before somebody listened.
    const now = find();
    yield now;
    if (over(now)) return;
    for await (const deploy of stream) {
      yield deploy;
      if (over(deploy)) return;
    }
  } finally {
    stream.close();
  }
}
