import type { Diagnostic } from '#diagnostic';
import { hasErrors } from '#diagnostic';
import { planOf } from '#fusion';
import { checkGolden, type Golden } from './golden.ts';
import { compare, disagreement, type GoldenFailure } from './golden-compare.ts';
import type { LoadedFlow } from './load-flow.ts';
import { type TryOptions, type TryResult, tryFlow } from './try-flow.ts';

export interface GoldenReport {
  readonly passed: boolean;
  readonly failures: readonly GoldenFailure[];
  /** What the flow did. */
  readonly result: TryResult;
}

export type GoldenOptions = Pick<TryOptions, 'fused' | 'cache' | 'ms' | 'signal'>;

/** Runs one golden test. @returns what the test names and the flow does not have, or how it went. @throws GatewayError fusion-failed */
export async function runGolden(
  flow: LoadedFlow,
  golden: Golden,
  options: GoldenOptions,
): Promise<GoldenReport | { readonly diagnostics: Diagnostic[] }> {
  const planned = planOf(flow.input, hash => flow.library.bytes(hash));
  const diagnostics = 'diagnostics' in planned ? planned.diagnostics : checkGolden(golden, planned.plan);
  if (hasErrors(diagnostics)) return { diagnostics };
  const { clock, start_us, steps } = golden;
  const result = await tryFlow(flow, steps, { ...options, clock, start_us });
  if ('diagnostics' in result) return result;
  const failures = compare(golden, result);
  return { passed: failures.length === 0, failures, result };
}

/** Runs it unfused and fused: both must pass, and do exactly the same. */
export async function runGoldenBoth(
  flow: LoadedFlow,
  golden: Golden,
  options: Omit<GoldenOptions, 'fused'>,
): Promise<GoldenReport | { readonly diagnostics: Diagnostic[] }> {
  const unfused = await runGolden(flow, golden, { ...options, fused: false });
  if ('diagnostics' in unfused) return unfused;
  const fused = await runGolden(flow, golden, { ...options, fused: true });
  if ('diagnostics' in fused) return fused;
  const differs = disagreement(unfused.result, fused.result);
  if (differs === null) return unfused;
  const failure = {
    where: '$',
    expected: null,
    actual: null,
    message: `unfused and fused differ, at record ${differs}`,
  };
  return { passed: false, failures: [...unfused.failures, failure], result: fused.result };
}
