/**
 * The bytes of unpadded base64url, or undefined for anything that is not exactly what encoding those bytes would have written:
 * one text for one value, so that a changed character is always seen.
 */
export const decodeBase64url = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
};
