import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { complain } from './output.ts';

/** A password: asked for twice on a terminal, without showing it; else the first line of the standard input. */
export async function askPassword(name: string): Promise<string | null> {
  if (!process.stdin.isTTY) return readLine('');
  const [one, two] = [await readLine(`password of ${name}: `), await readLine('once more: ')];
  if (one === two) return one;
  complain('these are not the same');
  return null;
}

function readLine(question: string): Promise<string> {
  process.stderr.write(question);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: process.stdin.isTTY === true });
  return new Promise(resolve => {
    let line = '';
    lines.once('line', text => {
      line = text;
      lines.close();
    });
    lines.once('SIGINT', () => process.exit(130));
    lines.once('close', () => {
      if (process.stdin.isTTY) process.stderr.write('\n');
      resolve(line);
    });
  });
}
