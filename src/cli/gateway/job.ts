import { type Command, Option } from 'commander';
import type { DeployDto } from '#api';
import type { Client } from '#client';
import { print, printJson } from '../output.ts';
import { onGateway } from './connect.ts';
import { exitOf, followDeploy, reportDeploy } from './follow-deploy.ts';

export interface JobOptions {
  readonly wait: boolean;
}

export const waitOptions = (command: Command): Command =>
  command
    .addOption(new Option('--wait', 'until it has ended').default(true).hideHelp())
    .option('--no-wait', 'do not wait until it has ended');

/** A command that begins a job on the gateway and, but for `--no-wait`, shows how it goes. */
export function onJob<O>(
  command: Command,
  begin: (client: Client, args: readonly string[], options: O) => Promise<DeployDto>,
): void {
  waitOptions(command);
  onGateway<O & JobOptions>(command, async ({ client, args, options }) => {
    const job = await begin(client, args, options);
    await finishJob(client, job, options);
  });
}

export async function finishJob(
  client: Client,
  job: DeployDto,
  options: { readonly wait: boolean; readonly json?: boolean; readonly file?: string },
): Promise<DeployDto> {
  if (!options.wait) {
    if (options.json) printJson(job);
    else print(`${job.kind} ${job.id} of ${job.flow} has begun`);
    return job;
  }
  const end = await followDeploy(client, job, options);
  if (options.json) printJson(end);
  reportEnd(end, options);
  return end;
}

function reportEnd(end: DeployDto, options: { readonly json?: boolean; readonly file?: string }): void {
  if (!options.json) return reportDeploy(end, options);
  process.exitCode = exitOf(end);
}
