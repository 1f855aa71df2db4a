/** Shapes of JSON columns, as they are read back. */
import { z } from 'zod';
import { DIAGNOSTIC_CODES } from '#diagnostic';
import { REPOSITORY_LIMITS } from './limits.ts';
import { DEFAULT_FLOW_SETTINGS, OVERLOAD_POLICIES } from './types.ts';

/** What an older release did not write has its default. */
export const settingsSchema = z.object({
  overload: z.enum(OVERLOAD_POLICIES).default(DEFAULT_FLOW_SETTINGS.overload),
  test_before_deploy: z.boolean().default(DEFAULT_FLOW_SETTINGS.test_before_deploy),
  probation_ms: z.int().min(0).max(REPOSITORY_LIMITS.probation_ms_max).default(DEFAULT_FLOW_SETTINGS.probation_ms),
});

export const testsSchema = z.array(z.strictObject({ name: z.string(), text: z.string() }));

export const stagesSchema = z.array(
  z.strictObject({ stage: z.string(), began_at: z.int(), ended_at: z.int().nullable() }),
);

export const diagnosticsSchema = z.array(
  z.strictObject({
    code: z.enum(DIAGNOSTIC_CODES),
    severity: z.enum(['error', 'warning']),
    message: z.string(),
    where: z.string(),
    hint: z.string(),
  }),
);

export const deployErrorSchema = z.strictObject({ code: z.string(), message: z.string() }).nullable();
