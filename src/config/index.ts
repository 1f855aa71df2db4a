/** How the gateway is set up: `fusewire.yaml`, environment, flags; one schema, one order of precedence. */
export { CONFIG_KEYS, type ConfigKey, type KeyKind } from './keys.ts';
export type { Flags, Origin } from './layers.ts';
export { CONFIG_LIMITS } from './limits.ts';
export { CONFIG_PLACES, type ConfigSources, type LoadedConfig, loadConfig, secretsKeyFile } from './load.ts';
export { type Config, type HostPort, hostPort } from './schema.ts';
export { configJsonSchema, effectiveKeys, keyTable, type ShownKey, showValue } from './show.ts';
