/**
 * The gateway's own rules, in the browser: what is drawn is checked by the same code that refuses a deploy. They weigh more
 * than what they judge (lib/contract.ts), so the first screens are drawn without them.
 */

export { checkFlow, diffFlows, JsonSchema, parseFlow, schemaProblems } from '../../../src/flow/index.ts';
