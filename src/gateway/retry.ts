import { DIRECT_HEADER_BYTES, FRAMING } from '#abi';
import type { FullLetter } from './dead-letters.ts';
import type { FlowService } from './flow-service.ts';

/** Hands a dead letter's message to its node again, or runs its record again. @returns null, or why that cannot be done now. */
export function retryLetter(letter: FullLetter, { intake, runner, outlets }: FlowService): string | null {
  const { kind, node, port, message, sequence } = letter;
  if (kind === 'tick') return 'a tick that failed has no message to retry';
  if (kind === 'output')
    return outlets.again(node, message, sequence) ? null : `the sink ${node} is not there, or is full`;
  if (kind === 'fault') return intake.inject(FRAMING.message, message) ? null : 'the flow takes nothing in now';
  const { nodes } = runner.artifact.plan;
  const index = nodes.findIndex(one => one.id === node);
  const input = port === null ? 0 : (nodes[index]?.inputs.indexOf(port) ?? -1);
  if (index < 0 || input < 0) return `the running version has no input ${port ?? ''} at a node ${node}`;
  const block = Buffer.alloc(DIRECT_HEADER_BYTES + message.length);
  block.writeUInt16LE(index, 0);
  block.writeUInt16LE(input, 2);
  block.set(message, DIRECT_HEADER_BYTES);
  return intake.inject(FRAMING.direct, block) ? null : 'the flow takes nothing in now';
}
