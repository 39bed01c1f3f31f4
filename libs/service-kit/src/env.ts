import * as z from 'zod';

export class InvalidEnvironment extends Error {
  constructor(problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'InvalidEnvironment';
  }
}

/**
 * Reads a service's settings from its environment, once, in `main.ts`.
 * Empty variables count as absent. Every problem is shown together, by variable name, without its value.
 * @throws InvalidEnvironment
 */
export const parseEnv = <Schema extends z.ZodType>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): z.output<Schema> => {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new InvalidEnvironment(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
};

/** A variable that is `true` or `false`. */
export const envFlag = (whenAbsent: boolean) =>
  z
    .enum(['true', 'false'])
    .default(whenAbsent ? 'true' : 'false')
    .transform((text) => text === 'true');

/** A whole number within bounds, written in decimal digits. */
export const envInteger = (bounds: { min: number; max: number; whenAbsent: number }) =>
  z.coerce.number().int().min(bounds.min).max(bounds.max).default(bounds.whenAbsent);

/** A comma list; blanks around the items do not count. */
export const envList = () =>
  z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    );
