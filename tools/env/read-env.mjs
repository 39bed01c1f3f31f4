const JSON_SCHEMA_OPTIONS = { io: 'input', unrepresentable: 'any' };

/** The objects that a schema chooses among; one for a plain object. The first is the one without any choice made. */
const choicesOf = (schema) => schema.options ?? [schema];

/** Each name once, as it stands first. Only what the first choice requires is always required. */
const fieldsOf = (schema) => {
  const fields = choicesOf(schema).flatMap(({ shape }, choice) =>
    Object.entries(shape).map(([name, field]) => ({ name, field, mayBeRequired: choice === 0 })),
  );
  return fields.filter(({ name }, at) => fields.findIndex((other) => other.name === name) === at);
};

/**
 * The variables of a zod object, or of a union of objects that one variable chooses among, in their order.
 * @returns `{ name, text, required, whenAbsent }`; `whenAbsent` is the default as it would be written, undefined without one
 */
export const readEnv = (schema) =>
  fieldsOf(schema).map(({ name, field, mayBeRequired }) => {
    const { default: whenAbsent } = field.toJSONSchema(JSON_SCHEMA_OPTIONS);
    return {
      name,
      text: field.description ?? '',
      required: mayBeRequired && !field.safeParse(undefined).success,
      whenAbsent: whenAbsent === undefined || whenAbsent === '' ? undefined : String(whenAbsent),
    };
  });
