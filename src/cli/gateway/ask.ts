import { UsageError } from './connect.ts';

const INPUT_BYTES_MAX = 64 * 1024;

/** Standard input as text, without the end of its last line. @throws UsageError when there is too much */
export async function readInput(): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of process.stdin) {
    parts.push(part as Buffer);
    length += (part as Buffer).length;
    if (length > INPUT_BYTES_MAX) throw new UsageError(`more than ${INPUT_BYTES_MAX} bytes came on standard input`);
  }
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

/** Asks at the terminal. @param hidden nothing of the answer is shown. @throws UsageError where there is no terminal */
export async function ask(question: string, { hidden = false, instead = '' } = {}): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) throw new UsageError(`there is no terminal to ask at${instead ? `: ${instead}` : ''}`);
  stderr.write(question);
  if (!hidden) {
    const { createInterface } = await import('node:readline/promises');
    const lines = createInterface({ input: stdin, output: stderr });
    try {
      return (await lines.question('')).trim();
    } finally {
      lines.close();
    }
  }
  stdin.setRawMode(true);
  try {
    return await new Promise<string>((resolve, reject) => {
      let text = '';
      const take = (chunk: Buffer): void => {
        for (const char of chunk.toString('utf8')) {
          if (char === '\r' || char === '\n' || char === '\u0004') return done(() => resolve(text));
          if (char === '\u0003') return done(() => reject(new UsageError('not asked any further')));
          if (char === '\u007f' || char === '\b') text = [...text].slice(0, -1).join('');
          else if (char === '\u0015') text = '';
          else if (char >= ' ') text += char;
        }
      };
      const done = (end: () => void): void => {
        stdin.off('data', take);
        end();
      };
      stdin.on('data', take);
      stdin.resume();
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

/** A new password, twice at the terminal, or from standard input. */
export async function newSecret(what: string, fromInput: boolean, instead: string): Promise<string> {
  if (fromInput || !process.stdin.isTTY) {
    const given = await readInput();
    if (given === '') throw new UsageError(`no ${what} came on standard input; ${instead}`);
    return given;
  }
  const first = await ask(`${what}: `, { hidden: true });
  if ((await ask(`${what} again: `, { hidden: true })) !== first) throw new UsageError('the two are not the same');
  if (first === '') throw new UsageError(`an empty ${what} is none`);
  return first;
}
