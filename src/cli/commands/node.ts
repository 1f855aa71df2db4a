import { basename } from 'node:path';
import type { Command } from 'commander';
import { API_LIMITS, type LibraryNodeDto, type LibraryNodeFullDto } from '#api';
import type { Client } from '#client';
import { type Diagnostic, printable } from '#diagnostic';
import { allOf, onGateway, UsageError } from '../gateway/connect.ts';
import { readFile } from '../gateway/document-file.ts';
import { grid } from '../grid.ts';
import { bytes, localTime, print, printFindings, printJson, short } from '../output.ts';
import { writeOut } from './flow/bundle.ts';

const WHICH = 'its hash or the beginning of it, TYPE, or TYPE@VERSION';

export function addNode(command: Command): void {
  command.addHelpText('after', '\nExamples:\n  fusewire node push my-node.wasm\n  fusewire node show filter@1.0.0');
  addList(command);
  addPush(command);
  const show = command.command('show').description('one node: ports, props, who pins it').argument('<node>', WHICH);
  onGateway(show, async ({ client, args: [which], options }) => {
    const node = await client.call('getNode', { params: await find(client, which!) });
    options.json ? printJson(node) : print(describe(node));
  });
  const pull = command.command('pull').description('download a node file').argument('<node>', WHICH);
  pull.option('-o, --output <file>', 'where it goes, - for standard output; default TYPE-VERSION.wasm');
  onGateway<{ output?: string }>(pull, async ({ client, args: [which], options }) => {
    const node = await find(client, which!);
    const content = await client.call('downloadNode', { params: { hash: node.hash } });
    const file = options.output ?? `${node.node_type}-${node.version}.wasm`;
    writeOut(file, content);
    if (options.json) printJson({ file, hash: node.hash, bytes: content.length });
    else if (file !== '-') print(`${file}: ${bytes(content.length)}`);
  });
  const deprecate = command.command('deprecate').description('say that a node should not be used any more');
  deprecate
    .argument('<node>', WHICH)
    .option('--note <text>', 'what to use instead', '')
    .option('--undo', 'take it back');
  onGateway<{ note: string; undo?: boolean }>(deprecate, async ({ client, args: [which], options }) => {
    const params = await find(client, which!);
    const node = await client.call('deprecateNode', {
      params,
      body: { deprecated: !options.undo, note: options.note },
    });
    const text = `${node.node_type}@${node.version} is ${node.deprecated ? 'deprecated' : 'not deprecated any more'}`;
    options.json ? printJson(node) : print(text);
  });
  const rm = command.command('rm').description('delete a node that no flow pins').argument('<node>', WHICH);
  onGateway(rm, async ({ client, args: [which], options }) => {
    const { hash, node_type, version } = await find(client, which!);
    await client.call('removeNode', { params: { hash } });
    options.json ? printJson({ removed: hash }) : print(`${node_type}@${version} is deleted`);
  });
}

function addList(command: Command): void {
  const ls = command.command('ls').description('list the library').argument('[type]', 'only nodes of this type');
  onGateway(ls, async ({ client, args: [type], options }) => {
    const nodes = await list(client, type);
    if (options.json) return printJson(nodes);
    if (nodes.items.length === 0) return print(type === undefined ? 'no nodes' : `no node of type ${type}`);
    print(
      grid(
        [
          { title: 'type', of: one => one.node_type },
          { title: 'version', of: one => one.version },
          { title: '', of: one => (one.deprecated ? 'deprecated' : one.default ? 'default' : '') },
          { title: 'origin', of: one => one.origin },
          { title: 'size', of: one => bytes(one.bytes), right: true },
          { title: 'hash', of: one => short(one.hash) },
          { title: 'added', of: one => `${localTime(one.added_at)} by ${one.added_by}`, shrinks: true },
          { title: 'title', of: one => one.title, shrinks: true },
        ],
        nodes.items,
      ),
    );
  });
}

function addPush(command: Command): void {
  const push = command.command('push').description('upload a node').argument('<file.wasm>', 'the node');
  push.option('--manifest <file.json>', 'for a module that has none of its own');
  onGateway<{ manifest?: string }>(push, async ({ client, args: [file], options }) => {
    const wasm = readFile(file!, API_LIMITS.node_bytes) as Uint8Array<ArrayBuffer>;
    const body = options.manifest === undefined ? wasm : form(wasm, file!, options.manifest);
    const made = await client.call('uploadNode', { body });
    if (options.json) return printJson(made);
    if (made.warnings.length > 0) printFindings(made.warnings as Diagnostic[], file!);
    const { node_type, version, hash } = made.node;
    print(`${node_type}@${version} ${short(hash)} ${made.added ? 'is in the library' : 'was in the library already'}`);
  });
}

function form(wasm: Uint8Array<ArrayBuffer>, file: string, manifest: string): FormData {
  const data = new FormData();
  data.append('file', new Blob([wasm], { type: 'application/wasm' }), basename(file));
  data.append('manifest', Buffer.from(readFile(manifest, API_LIMITS.body_bytes)).toString('utf8'));
  return data;
}

const list = (client: Client, type: string | undefined) =>
  allOf(query => client.call('listNodes', { query: { ...query, ...(type !== undefined && { type }) } }));

/** The one node that is meant. @throws UsageError when there is none, or several */
async function find(client: Client, which: string): Promise<LibraryNodeDto> {
  const { items } = await list(client, undefined);
  const [type, version] = which.split('@');
  const fits = (one: LibraryNodeDto): boolean =>
    version === undefined ? one.default || of(type!).length === 1 : one.version === version;
  const of = (name: string): LibraryNodeDto[] => items.filter(one => one.node_type === name);
  const byHash = /^[0-9a-f]{6,64}$/.test(which) ? items.filter(one => one.hash.startsWith(which)) : [];
  const found = byHash.length > 0 ? byHash : of(type!).filter(fits);
  if (found.length === 1) return found[0]!;
  if (found.length === 0)
    throw new UsageError(`the library has no node ${JSON.stringify(which)}; see fusewire node ls`);
  throw new UsageError(
    `${found.length} nodes are ${which}: ${found.map(one => short(one.hash)).join(', ')}; give the hash`,
  );
}

function describe(node: LibraryNodeFullDto): string {
  const manifest = (node.manifest ?? {}) as { inputs?: Port[]; outputs?: Port[]; props?: unknown };
  const ports = (of: Port[] | undefined): string => of?.map(one => `${one.name}: ${one.type}`).join(', ') || 'none';
  const pins = node.pinned_by.map(one => `${one.flow} (version ${one.version}${one.deployed ? ', deployed' : ''})`);
  const lines = [
    `${node.node_type}@${node.version}: ${node.title}`,
    `  ${node.description}`,
    `  inputs    ${ports(manifest.inputs)}`,
    `  outputs   ${ports(manifest.outputs)}`,
    `  hash      ${node.hash}`,
    `  size      ${bytes(node.bytes)}, ${node.origin}, added ${localTime(node.added_at)} by ${node.added_by}`,
    ...(node.deprecated ? [`  deprecated ${node.deprecation_note}`] : []),
    `  pinned by ${pins.join(', ') || 'nobody'}`,
  ].map(printable);
  const props = JSON.stringify(manifest.props, null, 2);
  return [...lines, ...(props ? ['  props', ...props.split('\n').map(line => `    ${printable(line)}`)] : [])].join(
    '\n',
  );
}
interface Port {
  readonly name: string;
  readonly type: string;
}
