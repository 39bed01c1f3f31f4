import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { Any, ErrorDetail, Status } from '@portolan/proto';
import { CODES, type ErrorName, PlatformError } from '@portolan/service-kit';

/** The trailer in which every gRPC implementation looks for details. */
const DETAILS_TRAILER = 'grpc-status-details-bin';
const DETAIL_TYPE_URL = 'type.googleapis.com/portolan.rpc.v1.ErrorDetail';

const UNEXPECTED = 'Something went wrong inside the platform.';

/** What a status without our detail means to whoever called: mostly that the platform itself is in trouble, not the caller. */
const BARE_STATUS: Readonly<Record<number, { readonly type: ErrorName; readonly public: string }>> = {
  [status.UNAVAILABLE]: { type: 'connection_error', public: 'A service of the platform cannot be reached.' },
  [status.DEADLINE_EXCEEDED]: { type: 'upstream_timeout', public: 'A service of the platform did not answer in time.' },
  [status.CANCELLED]: { type: 'connection_error', public: 'A service of the platform broke the call off.' },
};

const STATUS_OF_NAME: Readonly<Record<string, number | string>> = status;

const grpcCodeOf = (type: ErrorName): number => {
  const code = STATUS_OF_NAME[CODES[type].grpc];
  return typeof code === 'number' ? code : status.INTERNAL;
};

const isErrorName = (type: string): type is ErrorName => Object.hasOwn(CODES, type);

const toDetail = (error: PlatformError): ErrorDetail => ({
  type: error.type,
  publicMessage: error.message,
  code: error.code === CODES[error.type].code ? undefined : (error.code ?? undefined),
  param: error.param ?? undefined,
  errors: [...(error.errors ?? [])],
  field: error.field,
});

const fromDetail = (detail: ErrorDetail, type: ErrorName, cause: unknown): PlatformError =>
  new PlatformError(type, {
    public: detail.publicMessage,
    ...(detail.code === undefined ? {} : { code: detail.code }),
    ...(detail.param === undefined ? {} : { param: detail.param }),
    ...(detail.errors.length === 0 ? {} : { errors: detail.errors }),
    ...(detail.field === undefined ? {} : { field: detail.field }),
    cause,
  });

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

/**
 * An error as it crosses between services.
 * @param onUnexpected  hears of everything that is no `PlatformError` and no `RpcRefusal`; of that, nothing is sent
 */
export const toStatus = (error: unknown, onUnexpected: (error: unknown) => void): Status => {
  if (error instanceof PlatformError) {
    const detail = Any.create({ typeUrl: DETAIL_TYPE_URL, value: encodeDetail(toDetail(error)) });
    return { code: grpcCodeOf(error.type), message: error.message, details: [detail] };
  }
  if (error instanceof RpcRefusal) return { code: error.code, message: error.message, details: [] };
  onUnexpected(error);
  return { code: status.INTERNAL, message: UNEXPECTED, details: [] };
};

const encodeDetail = (detail: ErrorDetail): Buffer => Buffer.from(ErrorDetail.encode(detail).finish());

const decodeDetail = ({ details }: Status): ErrorDetail | undefined => {
  const found = details.find(({ typeUrl }) => typeUrl === DETAIL_TYPE_URL);
  try {
    return found === undefined ? undefined : ErrorDetail.decode(found.value);
  } catch {
    return undefined;
  }
};

/**
 * The error that another service told: same name, code, sentence and parameter. A name that only a newer service knows keeps
 * its sentence and becomes the nearest error we have.
 * @param cause  kept for us, never sent
 */
export const fromStatus = (told: Status, cause?: unknown): PlatformError => {
  const detail = decodeDetail(told);
  if (detail !== undefined && isErrorName(detail.type)) return fromDetail(detail, detail.type, cause);
  const bare = BARE_STATUS[told.code];
  return new PlatformError(bare?.type ?? 'internal_error', {
    public: detail?.publicMessage ?? bare?.public ?? UNEXPECTED,
    cause: cause ?? new Error(told.message),
  });
};

/** A status as grpc-js sends it. */
export const toServiceError = (told: Status): ServiceError => {
  const metadata = new Metadata();
  if (told.details.length > 0) metadata.set(DETAILS_TRAILER, Buffer.from(Status.encode(told).finish()));
  return Object.assign(new Error(told.message), { code: told.code, details: told.message, metadata });
};

/** What grpc-js reports of a failed call, as the error that it means. */
export const fromServiceError = (error: ServiceError): PlatformError => {
  const [trailer] = error.metadata?.get(DETAILS_TRAILER) ?? [];
  const bare = { code: error.code, message: error.details, details: [] };
  try {
    return fromStatus(Buffer.isBuffer(trailer) ? Status.decode(trailer) : bare, error);
  } catch (unreadable) {
    return unreadable instanceof PlatformError ? unreadable : fromStatus(bare, error);
  }
};
