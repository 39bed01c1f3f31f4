import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

const readSchemas = (version) =>
  JSON.parse(readFileSync(new URL(`./schemas/v${version}.json`, import.meta.url), 'utf8'));

const definitionOf = (definitions, { apiVersion, kind }) => {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const name = `io.k8s.api.${group.split('.')[0]}.${version}.${kind}`;
  return name in definitions ? name : undefined;
};

/**
 * Checks objects against the API of one Kubernetes version. Fields it does not know are errors.
 * @param version  "1.28" or "1.37"; see vendor-schemas.py
 * @returns one sentence for each problem
 */
export const schemaChecker = (version) => {
  const schemas = readSchemas(version);
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    formats: { 'date-time': true, int32: true, int64: true, double: true, byte: true },
  });
  ajv.addSchema(schemas, 'kubernetes');
  return (object) => {
    const where = `${object.kind}/${object.metadata?.name}`;
    const definition = definitionOf(schemas.$defs, object);
    if (definition === undefined)
      return [`${where}: ${object.apiVersion} ${object.kind} is not among the vendored schemas`];
    const validate = ajv.getSchema(`kubernetes#/$defs/${definition}`);
    if (validate(object)) return [];
    return validate.errors.map(
      ({ instancePath, message, params }) => `${where}${instancePath}: ${message} ${JSON.stringify(params)}`,
    );
  };
};
