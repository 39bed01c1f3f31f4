import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Bytes as they came on the wire in, plain bytes out. */
export interface Unpacker {
  /** @returns false when it is behind; `onDrain` then tells when to go on */
  write(bytes: Uint8Array): boolean;
  end(): void;
  destroy(): void;
}

interface Sink {
  onBytes(bytes: Uint8Array): void;
  onEnd(): void;
  onError(error: Error): void;
  onDrain(): void;
}

const unpackers: Readonly<Record<string, () => ReturnType<typeof createGunzip>>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Undefined for a plain answer, so that it costs nothing; throws for an encoding that nobody asked for and we do not know. */
export const unpackerFor = (encoding: string | undefined, sink: Sink): Unpacker | undefined => {
  const name = encoding?.trim().toLowerCase();
  if (name === undefined || name === '' || name === 'identity') return undefined;
  const create = Object.hasOwn(unpackers, name) ? unpackers[name] : undefined;
  if (create === undefined) throw new Error(`content-encoding ${name} is not supported`);
  const stream = create();
  stream.on('data', sink.onBytes);
  stream.on('end', sink.onEnd);
  stream.on('error', sink.onError);
  stream.on('drain', sink.onDrain);
  return {
    write: (bytes) => stream.write(bytes),
    end: () => void stream.end(),
    destroy: () => void stream.destroy(),
  };
};
