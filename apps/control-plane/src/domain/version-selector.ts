import { parseReference, type VersionSelector } from '@portolan/prompt-template';
import { PlatformError } from '@portolan/service-kit';

/** Something with versions, and which of them is meant. */
export interface VersionedReference {
  /** Slug or id. */
  readonly ref: string;
  readonly version: VersionSelector;
}

const ANY_NAME = 'pp-any';

const selectorOf = (text: string): VersionSelector => {
  if (text === 'default') return { kind: 'published' };
  const read = parseReference(`${ANY_NAME}@${text}`);
  if (read === undefined) {
    throw new PlatformError('invalid_request_error', {
      public: 'version: must be latest, default, a number or a label',
      param: 'version',
    });
  }
  return read.version;
};

/**
 * What a path and `?version=` name together. The path may be a whole reference, as requests to gateways have it; the query wins.
 * @returns undefined for what names nothing
 * @throws PlatformError  400 for a version that cannot be one
 */
export const readVersioned = (path: string, version: string | undefined): VersionedReference | undefined => {
  const reference = parseReference(path);
  if (reference === undefined) return undefined;
  return {
    ref: reference.prompt,
    version: version === undefined || version === '' ? reference.version : selectorOf(version),
  };
};
