import type { Command } from 'commander';
import type { FlowDto } from '#api';
import { onGateway } from '../../gateway/connect.ts';
import { print, printJson } from '../../output.ts';

const told = (flow: FlowDto, json: boolean | undefined): void =>
  json ? printJson(flow) : print(`flow ${flow.id} is there, with a draft; nothing runs yet`);

export function addNew(command: Command): void {
  command
    .argument('<name>', 'what people call it')
    .option('--id <id>', 'its id, for ever; else made from the name')
    .addHelpText('after', '\nExample:\n  fusewire flow new "Boiler alarms" --id boiler');
  onGateway<{ id?: string }>(command, async ({ client, args: [name], options: { id, json } }) => {
    told(await client.call('createFlow', { body: { name: name!, ...(id !== undefined && { id }) } }), json);
  });
}

export function addClone(command: Command): void {
  command
    .argument('<flow>', 'id of the flow')
    .argument('<name>', 'what the new one is called')
    .option('--id <id>', 'the new one’s id; else made from its name')
    .addHelpText('after', '\nExample:\n  fusewire flow clone boiler "Boiler of line 2" --id boiler-2');
  onGateway<{ id?: string }>(command, async ({ client, args: [flow, name], options: { id, json } }) => {
    const body = { name: name!, ...(id !== undefined && { id }) };
    told(await client.call('cloneFlow', { params: { flow: flow! }, body }), json);
  });
}
