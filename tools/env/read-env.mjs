const JSON_SCHEMA_OPTIONS = { io: 'input', unrepresentable: 'any' };

/**
 * The variables of a zod object, in its order.
 * @returns `{ name, text, required, whenAbsent }`; `whenAbsent` is the default as it would be written, undefined without one
 */
export const readEnv = (schema) =>
  Object.entries(schema.shape).map(([name, field]) => {
    const { default: whenAbsent } = field.toJSONSchema(JSON_SCHEMA_OPTIONS);
    return {
      name,
      text: field.description ?? '',
      required: !field.safeParse(undefined).success,
      whenAbsent: whenAbsent === undefined || whenAbsent === '' ? undefined : String(whenAbsent),
    };
  });
