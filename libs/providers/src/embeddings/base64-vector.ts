import { base64Of } from '../chat/data-uri.ts';
import type { Json } from '../spec/json.ts';

const BYTES_PER_FLOAT = 4;

/** A vector as base64 of little-endian 32-bit floats, the form `encoding_format: "base64"` promises. */
export const base64Vector = (values: readonly Json[]): string => {
  const view = new DataView(new ArrayBuffer(values.length * BYTES_PER_FLOAT));
  values.forEach((value, at) => {
    view.setFloat32(at * BYTES_PER_FLOAT, Number(value), true);
  });
  return base64Of(new Uint8Array(view.buffer));
};
