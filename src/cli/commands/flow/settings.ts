import { type Command, InvalidArgumentError, Option } from 'commander';
import type { FlowSettingsDto } from '#api';
import { onGateway } from '../../gateway/connect.ts';
import { print, printJson } from '../../output.ts';

interface SettingsOptions {
  readonly overload?: FlowSettingsDto['overload'];
  readonly testBeforeDeploy?: 'on' | 'off';
  readonly probation?: number;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 3_600)) throw new InvalidArgumentError('Seconds, from 0 to 3600.');
  return Math.round(value * 1_000);
}

export function addSettings(command: Command): void {
  command
    .argument('<flow>', 'id of the flow')
    .addOption(
      new Option('--overload <policy>', 'what becomes of input that the flow does not take').choices([
        'hold',
        'spill',
        'drop',
      ]),
    )
    .addOption(new Option('--test-before-deploy <on|off>', 'golden tests must pass').choices(['on', 'off']))
    .option('--probation <s>', 'a new version that keeps failing within this time is rolled back', seconds)
    .addHelpText('after', '\nExample:\n  fusewire flow settings boiler --overload spill --test-before-deploy on');
  onGateway<SettingsOptions>(command, async ({ client, args: [flow], options }) => {
    const params = { flow: flow! };
    const body = {
      ...(options.overload && { overload: options.overload }),
      ...(options.testBeforeDeploy && { test_before_deploy: options.testBeforeDeploy === 'on' }),
      ...(options.probation !== undefined && { probation_ms: options.probation }),
    };
    const changed = Object.keys(body).length > 0;
    const { settings } = await (changed
      ? client.call('changeFlow', { params, body })
      : client.call('getFlow', { params }));
    if (options.json) return printJson(settings);
    print(`overload            ${settings.overload}`);
    print(`test before deploy  ${settings.test_before_deploy ? 'on' : 'off'}`);
    print(`probation           ${settings.probation_ms / 1_000} s`);
    if (changed) print('they hold from the next start or deploy');
  });
}
