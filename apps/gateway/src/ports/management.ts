import type { Readable } from 'node:stream';

/** A call of the management API, as it is passed on. */
export interface ManagementRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Lower-case names; those of the connection are left out already. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Uint8Array | undefined;
}

export interface ManagementAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Readable;
}

/** The management API behind this gateway. */
export interface Management {
  /**
   * Passes a call on. A change that the answer is about is known to this gateway before the answer is given, unless that takes long.
   * @throws PlatformError (503) when nobody is there to answer
   */
  forward(request: ManagementRequest, signal: AbortSignal): Promise<ManagementAnswer>;
}
