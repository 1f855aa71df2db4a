import { FLOWS_SCHEMA } from './1-flows.ts';
import { ACCESS_SCHEMA } from './2-access.ts';

/** Statements that lead from each version of the schema to the next; the n-th leads to version n. */
export const MIGRATIONS: readonly (readonly string[])[] = [FLOWS_SCHEMA, ACCESS_SCHEMA];
export const SCHEMA_VERSION: number = MIGRATIONS.length;
