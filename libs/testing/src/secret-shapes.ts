/** The forms in which a secret might lie around: as it is, in hexadecimal, in base64 at any place, escaped for JSON or a URL. */
export const secretShapes = (secret: string): readonly Buffer[] => {
  const bytes = Buffer.from(secret);
  const inBase64 = [0, 1, 2].map((shift) =>
    // A text inside a longer one has one of three forms; its ends depend on what is beside it.
    Buffer.concat([Buffer.alloc(shift, 'x'), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  return [
    bytes,
    Buffer.from(bytes.toString('hex')),
    Buffer.from(bytes.toString('hex').toUpperCase()),
    Buffer.from(secret, 'utf16le'),
    Buffer.from(encodeURIComponent(secret)),
    Buffer.from(JSON.stringify(JSON.stringify(secret)).slice(3, -3)),
    ...inBase64.map((text) => Buffer.from(text)),
    ...inBase64.map((text) => Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_'))),
  ];
};

/** Which of these secrets can be seen in some bytes, in any of those forms. */
export const secretsSeenIn = (content: Uint8Array, secrets: readonly string[]): readonly string[] => {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return secrets.filter((secret) => secretShapes(secret).some((shape) => bytes.includes(shape)));
};
