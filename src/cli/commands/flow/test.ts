import type { Command } from 'commander';
import type { TestReportDto } from '#api';
import { type Diagnostic, printable } from '#diagnostic';
import { onGateway } from '../../gateway/connect.ts';
import { paint } from '../../grid.ts';
import { colored, EXIT, print, printFindings, printJson } from '../../output.ts';
import { versionNumber } from './show.ts';

export function addTest(command: Command): void {
  command
    .argument('<flow>', 'id of the flow')
    .argument('[version]', 'its number; else the draft', versionNumber)
    .addHelpText('after', '\nExample:\n  fusewire flow test boiler');
  onGateway(command, async ({ client, args: [flow, version], options }) => {
    const body = version === undefined ? {} : { version: Number(version) };
    const report = await client.call('testFlow', { params: { flow: flow! }, body });
    if (options.json) printJson(report);
    else describe(report);
    process.exitCode = report.failed > 0 ? EXIT.flowWrong : EXIT.ok;
  });
}

function describe({ tests, passed, failed }: TestReportDto): void {
  const color = colored(process.stdout);
  for (const { name, passed: good, failures, diagnostics } of tests) {
    print(`${good ? paint('green', '✓', color) : paint('red', '✗', color)} ${printable(name)}`);
    for (const { where, message, expected, actual } of failures) {
      print(`    ${printable(where)}: ${printable(message)}`);
      if (expected !== undefined) print(`      expected  ${printable(JSON.stringify(expected))}`);
      if (actual !== undefined) print(`      actual    ${printable(JSON.stringify(actual))}`);
    }
    if (diagnostics.length > 0) printFindings(diagnostics as Diagnostic[], name);
  }
  if (tests.length === 0) print('no golden tests; give them with: fusewire flow apply FILE --test *.test.yaml');
  else print(`${passed} passed, ${failed} failed`);
}
