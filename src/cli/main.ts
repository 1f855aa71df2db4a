import { makeProgram } from './program.ts';

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
if (process.argv[2] === '--version' || process.argv[2] === '-V') {
  const { FUSER_VERSION } = await import('#abi');
  process.stdout.write(`${FUSER_VERSION}\n`);
} else await makeProgram().parseAsync();
