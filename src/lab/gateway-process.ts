/** A gateway with two healthy flows, in a process of its own: an attack that ends it ends nothing else. */
import { ATTACKS } from './attacks.ts';
import { HealthyPair } from './healthy.ts';
import { HostileFlow } from './hostile.ts';
import type { AttackResult, FromGateway, GatewaySetup, ToGateway } from './protocol.ts';

let setup: GatewaySetup;
let healthy: HealthyPair;
const answer = (message: FromGateway): void => void process.send?.(message);

process.on('message', async (message: ToGateway) => {
  if (message.type === 'begin') {
    setup = message.setup;
    healthy = new HealthyPair(setup);
    await healthy.start();
    answer({ type: 'ready' });
  } else if (message.type === 'attack') answer({ type: 'result', result: await run(message.name) });
  else answer({ type: 'ended', lost: await healthy.finish() });
});

// The lab is gone: with this group end the drivers and fusions.
process.once('disconnect', () => process.kill(-process.pid, 'SIGKILL'));

/** Measures before, during and after one attack. */
async function run(name: string): Promise<AttackResult> {
  const hostile = new HostileFlow(ATTACKS.find(one => one.name === name)!, setup);
  const before = await healthy.measure(setup.phase_ms);
  healthy.begin();
  const containment = await hostile.strike();
  const during = await healthy.end();
  const ended = await hostile.stop();
  const after = await healthy.measure(setup.phase_ms);
  const lost = await healthy.settle();
  return {
    containment,
    lost,
    before,
    during,
    after,
    spoiled: !ended || containment === null,
  };
}
