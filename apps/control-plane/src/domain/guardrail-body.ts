import { nearestName } from '@portolan/config-schema';
import * as z from 'zod';
import { GUARDRAIL_CHECKS, parametersOf } from './guardrail-checks.ts';

const CHECKS_MAX = 64;
const MAX_JSON_CHARS = 262_144;

const isSmall = (value: unknown): boolean => JSON.stringify(value).length <= MAX_JSON_CHARS;

const check = z
  .strictObject({
    id: z.string({ error: 'must be the id of a check' }).max(128),
    name: z.string().max(255).optional(),
    is_enabled: z.boolean({ error: 'must be true or false' }).optional(),
    parameters: z.record(z.string(), z.unknown(), { error: 'must be an object' }).optional(),
  })
  .superRefine(({ id, parameters = {} }, context) => {
    const schema = parametersOf(id);
    if (schema === undefined) {
      const nearest = nearestName(id, Object.keys(GUARDRAIL_CHECKS));
      const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
      context.addIssue({ code: 'custom', path: ['id'], message: `There is no check "${id}"${hint}` });
      return;
    }
    for (const issue of schema.safeParse(parameters).error?.issues ?? []) {
      context.addIssue({ code: 'custom', path: ['parameters', ...issue.path], message: issue.message });
    }
  });

/** What a guardrail looks at: at least one check. */
export const checksField = () =>
  z
    .array(check, { error: 'must be an array of checks' })
    .min(1, 'must have at least one check')
    .max(CHECKS_MAX, `must have at most ${CHECKS_MAX} checks`)
    .refine(isSmall, { error: `must have at most ${MAX_JSON_CHARS} characters as JSON` });

const outcome = z.strictObject({
  feedback: z
    .strictObject({
      value: z.number().min(-10, 'must be at least -10').max(10, 'must be at most 10').optional(),
      weight: z.number().min(0, 'must be at least 0').max(1, 'must be at most 1').optional(),
      metadata: z.union([z.string().max(4_096), z.record(z.string(), z.unknown())]).optional(),
    })
    .nullish(),
});

/** What follows from the checks. */
export const actionsField = () =>
  z
    .strictObject(
      {
        deny: z.boolean({ error: 'must be true or false' }),
        async: z.boolean({ error: 'must be true or false' }),
        sequential: z.boolean({ error: 'must be true or false' }).optional(),
        on_success: outcome.nullish(),
        on_fail: outcome.nullish(),
      },
      { error: (issue) => (issue.code === 'invalid_type' ? 'must be an object' : undefined) },
    )
    .refine(isSmall, { error: `must have at most ${MAX_JSON_CHARS} characters as JSON` });
