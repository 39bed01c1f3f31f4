import { UnsupportedValue } from '../spec/errors.ts';
import { isArray, type JsonObject } from '../spec/json.ts';

/**
 * The texts of an embeddings body, for providers that take no token ids.
 * @throws UnsupportedValue when the input is missing, empty or holds anything but texts
 */
export const textInputs = (body: JsonObject): readonly string[] => {
  const inputs = isArray(body.input) ? body.input : [body.input];
  const texts = inputs.filter((input) => typeof input === 'string');
  if (texts.length === 0 || texts.length !== inputs.length) {
    throw new UnsupportedValue('input must be a text or a list of texts for this provider', 'input');
  }
  return texts;
};
