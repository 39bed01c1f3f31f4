import { PlatformError } from '@portolan/service-kit';

/** What a command ends with. `no`: nothing failed, and the answer is not what one hopes for; scripts can tell it from an error. */
export const EXIT = { done: 0, no: 1, error: 2 } as const;

/** A command that was put wrongly, or that cannot be done with what is here. The message is for the person at the terminal. */
export class Refused extends Error {}

interface Failure {
  /** Of the table of errors, or our own word where no call was made. */
  readonly type: string;
  /** The short code, where the error has one. */
  readonly code: string | null;
  readonly message: string;
  /** One line for each problem, when there are several. */
  readonly problems: readonly string[];
}

/** Codes of gRPC that a server answers with before any method has run: the platform has no error of its own for them. */
const REFUSED_AT_THE_DOOR: Readonly<Record<number, Pick<Failure, 'type' | 'message'>>> = {
  7: {
    type: 'permission_denied',
    message: 'The vault does not take this certificate or token for that of an operator.',
  },
  12: { type: 'method_not_allowed', message: 'The vault does not know this command: it is of another version.' },
};

interface Told {
  readonly code: number;
  readonly details: string;
}

const toldBelow = ({ cause }: PlatformError): Told | undefined =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'number' && 'details' in cause
    ? { code: cause.code, details: String(cause.details) }
    : undefined;

/** Below these, the transport says what an operator needs to know, such as which address did not answer. */
const OF_THE_TRANSPORT: readonly string[] = ['connection_error', 'upstream_timeout', 'internal_error'];

const toFailure = (error: Error): Failure => {
  if (!(error instanceof PlatformError)) return { type: 'refused', code: null, message: error.message, problems: [] };
  const told = toldBelow(error);
  const atTheDoor = told === undefined ? undefined : REFUSED_AT_THE_DOOR[told.code];
  if (error.type === 'internal_error' && atTheDoor !== undefined) {
    return { ...atTheDoor, code: null, problems: [] };
  }
  const { type, code, message, errors = [] } = error;
  const below = told !== undefined && OF_THE_TRANSPORT.includes(type) && told.details !== message ? [told.details] : [];
  return { type, code, message, problems: [...errors.filter((problem) => problem !== message), ...below] };
};

/** An error as stderr shows it: name, code, sentence, further problems. */
export const renderFailure = (error: Error): string => {
  const { type, code, message, problems } = toFailure(error);
  const name = [type === 'refused' ? '' : type, code].filter(Boolean).join(' ');
  return `error${name === '' ? '' : ` ${name}`}: ${message}\n${problems.map((problem) => `  ${problem}\n`).join('')}`;
};

/** The same for programs. */
export const failureAsJson = (error: Error): string => {
  const { type, code, message, problems } = toFailure(error);
  return `${JSON.stringify({ error: { type, code, message, errors: problems } })}\n`;
};
