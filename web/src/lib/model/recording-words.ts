/** Why a recording cannot be run, taken apart, so that it can be said in any language: `replay:wrong_…`. */
const SAID = [
  ['noRecording', /^it is no recording$/],
  ['format', /^its format is (?<is>\d+); Fusewire (?<fuser>\S+) reads format (?<reads>\d+)$/],
  ['damaged', /^it is damaged or not whole$/],
  ['header', /^what it says of itself cannot be read$/],
  ['huge', /^it holds more than (?<most>\d+) bytes$/],
  ['lengths', /^it holds (?:more|less) than it says$/],
  ['noFlow', /^its module is no fused flow$/],
  ['input', /^(?:its input|the ring) is not made of whole blocks$/],
  ['checkpoint', /^the checkpoint is not of this flow$/],
  ['endless', /^it goes on behind the end of its input$/],
  ['output', /^the egress ring holds no records$/],
] as const satisfies readonly (readonly [string, RegExp])[];
export type WrongKey = (typeof SAID)[number][0] | 'unknown';

/** `unknown`: in the words of the browser, as `detail`. */
export function wrongWords(detail: string): { readonly key: WrongKey; readonly values: Record<string, string> } {
  for (const [key, pattern] of SAID) {
    const found = pattern.exec(detail);
    if (found) return { key, values: { ...found.groups } };
  }
  return { key: 'unknown', values: { detail } };
}
