// `npm start`: the example flow, with a driver in a process of its own.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './node.mjs';

const PORT = process.env.FUSEWIRE_PORT ?? '5555';
const RATE = process.env.FUSEWIRE_RATE ?? '50000';
const url = `tcp://127.0.0.1:${PORT}`;
const fusewire = join(root, 'bin/fusewire');

const gateway = spawn(process.execPath, [fusewire, 'run', 'examples/boiler-line/flow.json', '--listen', url], {
  cwd: root,
  stdio: 'inherit',
});
// The driver dials until the gateway listens. Its own lines would spoil the picture.
const driver = spawn(process.execPath, [fusewire, 'simulate', '--to', url, '--rate', RATE, '--quiet'], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    driver.kill('SIGTERM');
    gateway.kill(signal);
  });
}
gateway.on('exit', code => {
  driver.kill('SIGTERM');
  process.exitCode = code ?? 0;
  process.stdout.write(`output is in ${join(root, 'output')}\n`);
});
