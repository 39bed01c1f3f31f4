import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { ErrorDetail, Status } from '@portolan/proto';

/** The trailer in which every gRPC implementation looks for details. */
const DETAILS_TRAILER = 'grpc-status-details-bin';
const DETAIL_TYPE_URL = 'type.googleapis.com/portolan.rpc.v1.ErrorDetail';

const UNEXPECTED = 'Something went wrong inside the platform.';

/** The errors that this library raises itself, by their names in the table of errors. */
export type RpcErrorName =
  | 'client_closed'
  | 'connection_error'
  | 'internal_error'
  | 'overloaded'
  | 'shutting_down'
  | 'upstream_timeout';

/** What an error of the platform is made from. `cause` is for us and is never sent. */
export interface PublicDetail {
  readonly public: string;
  readonly param?: string;
  readonly errors?: readonly string[];
  readonly field?: string;
  readonly code?: string;
  readonly cause?: unknown;
}

/** An error of the platform: its message is for the caller. */
export interface PublicError<Name extends string = string> extends Error {
  readonly type: Name;
  readonly param: string | null;
  readonly code: string | null;
  readonly errors: readonly string[] | undefined;
  readonly field: string | undefined;
}

/** The table of errors and the class of them, as the services have them. This library knows neither by itself. */
export interface ErrorModel<Name extends string> {
  readonly CODES: Readonly<Record<Name, { readonly code: string | null; readonly grpc: string }>>;
  readonly PlatformError: new (type: Name | RpcErrorName, detail: PublicDetail) => PublicError<Name | RpcErrorName>;
}

/** Errors to gRPC statuses and back. */
export interface ErrorCodec {
  make(type: RpcErrorName, message: string, cause?: unknown): PublicError;
  /**
   * An error as it crosses between services.
   * @param onUnexpected  hears of everything that is no error of ours; of that, nothing is sent
   */
  toStatus(error: unknown, onUnexpected: (error: unknown) => void): Status;
  /**
   * The error that another service told: same name, code, sentence and parameter. A name that only a newer service knows
   * keeps its sentence and becomes the nearest error we have.
   * @param cause  kept for us, never sent
   */
  fromStatus(told: Status, cause?: unknown): PublicError;
  /** What grpc-js reports of a failed call, as the error that it means. */
  fromServiceError(error: ServiceError): PublicError;
}

/** What a status without our detail means to whoever called: mostly that the platform itself is in trouble, not the caller. */
const BARE_STATUS: Readonly<Record<number, { readonly type: RpcErrorName; readonly public: string }>> = {
  [status.UNAVAILABLE]: { type: 'connection_error', public: 'A service of the platform cannot be reached.' },
  [status.DEADLINE_EXCEEDED]: { type: 'upstream_timeout', public: 'A service of the platform did not answer in time.' },
  [status.CANCELLED]: { type: 'connection_error', public: 'A service of the platform broke the call off.' },
};

const STATUS_OF_NAME: Readonly<Record<string, number | string>> = status;

const toGrpcCode = (name: string): number => {
  const code = STATUS_OF_NAME[name];
  return typeof code === 'number' ? code : status.INTERNAL;
};

/** A refusal that is no caller's fault: it crosses as a bare status, and nothing of it reaches the public interface. */
export class RpcRefusal extends Error {
  override readonly name = 'RpcRefusal';
  /** A gRPC status code. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const decodeDetail = ({ details }: Status): ErrorDetail | undefined => {
  const found = details.find(({ typeUrl }) => typeUrl === DETAIL_TYPE_URL);
  try {
    return found === undefined ? undefined : ErrorDetail.decode(found.value);
  } catch {
    return undefined;
  }
};

const toPublicDetail = (detail: ErrorDetail, cause: unknown): PublicDetail => ({
  public: detail.publicMessage,
  ...(detail.code === undefined ? {} : { code: detail.code }),
  ...(detail.param === undefined ? {} : { param: detail.param }),
  ...(detail.errors.length === 0 ? {} : { errors: detail.errors }),
  ...(detail.field === undefined ? {} : { field: detail.field }),
  cause,
});

/** A status as grpc-js sends it. */
export const toServiceError = (told: Status): ServiceError => {
  const metadata = new Metadata();
  if (told.details.length > 0) metadata.set(DETAILS_TRAILER, Buffer.from(Status.encode(told).finish()));
  return Object.assign(new Error(told.message), { code: told.code, details: told.message, metadata });
};

const statusIn = ({ code, details, metadata }: ServiceError): Status => {
  const bare = { code, message: details, details: [] };
  const [trailer] = metadata?.get(DETAILS_TRAILER) ?? [];
  try {
    return Buffer.isBuffer(trailer) ? Status.decode(trailer) : bare;
  } catch {
    return bare;
  }
};

/** @param model  of the services: `createErrorCodec({ CODES, PlatformError })` */
export const createErrorCodec = <Name extends string>({ CODES, PlatformError }: ErrorModel<Name>): ErrorCodec => {
  const isKnown = (type: string): type is Name => Object.hasOwn(CODES, type);
  const isOurs = (error: unknown): error is PublicError => error instanceof PlatformError;

  const toDetail = (error: PublicError): ErrorDetail => {
    const usual = isKnown(error.type) ? CODES[error.type].code : null;
    return {
      type: error.type,
      publicMessage: error.message,
      code: error.code === usual ? undefined : (error.code ?? undefined),
      param: error.param ?? undefined,
      errors: [...(error.errors ?? [])],
      field: error.field,
    };
  };

  const fromStatus = (told: Status, cause?: unknown): PublicError => {
    const detail = decodeDetail(told);
    if (detail !== undefined && isKnown(detail.type)) {
      return new PlatformError(detail.type, toPublicDetail(detail, cause));
    }
    const bare = BARE_STATUS[told.code];
    return new PlatformError(bare?.type ?? 'internal_error', {
      public: detail?.publicMessage ?? bare?.public ?? UNEXPECTED,
      cause: cause ?? new Error(told.message),
    });
  };

  return {
    make: (type, message, cause) => new PlatformError(type, { public: message, cause }),
    toStatus: (error, onUnexpected) => {
      if (isOurs(error)) {
        const value = Buffer.from(ErrorDetail.encode(toDetail(error)).finish());
        const code = isKnown(error.type) ? toGrpcCode(CODES[error.type].grpc) : status.INTERNAL;
        return { code, message: error.message, details: [{ typeUrl: DETAIL_TYPE_URL, value }] };
      }
      if (error instanceof RpcRefusal) return { code: error.code, message: error.message, details: [] };
      onUnexpected(error);
      return { code: status.INTERNAL, message: UNEXPECTED, details: [] };
    },
    fromStatus,
    fromServiceError: (error) => fromStatus(statusIn(error), error),
  };
};
