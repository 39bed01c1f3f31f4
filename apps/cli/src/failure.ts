/** What a command ends with. `changes`: nothing failed, and the answer is no; scripts can tell it from an error. */
export const EXIT = { done: 0, changes: 1, error: 2 } as const;

/** A command that was put wrongly, or that cannot be done with what is here. The message is for the person at the terminal. */
export class Refused extends Error {}

export interface ApiRefusal {
  /** 0 when no answer came. */
  readonly status: number;
  /** The short code, or our own word where no answer came. */
  readonly code: string;
  /** The kind of error; '' where the answer names none. */
  readonly type: string;
  readonly sentence: string;
  readonly traceId: string | undefined;
  /** One line for each problem, when there are several. */
  readonly problems: readonly string[];
}

/** The platform said no, or did not answer. */
export class ApiFailure extends Error {
  readonly refusal: ApiRefusal;

  constructor(refusal: ApiRefusal) {
    super(refusal.sentence);
    this.refusal = refusal;
  }
}

/** An error as stderr shows it: code, sentence, further problems, trace id. */
export const renderFailure = (error: Error): string => {
  if (!(error instanceof ApiFailure)) return `error: ${error.message}\n`;
  const { status, code, type, sentence, problems, traceId } = error.refusal;
  const more = problems.filter((problem) => problem !== sentence).map((problem) => `  ${problem}\n`);
  const trace = traceId === undefined ? '' : `  trace id ${traceId}\n`;
  return `error ${[status === 0 ? '' : String(status), code, type].filter(Boolean).join(' ')}: ${sentence}\n${more.join('')}${trace}`;
};

/** The same for programs. */
export const failureAsJson = (error: Error): string =>
  `${JSON.stringify({
    error:
      error instanceof ApiFailure
        ? {
            status: error.refusal.status,
            code: error.refusal.code,
            type: error.refusal.type,
            message: error.refusal.sentence,
            errors: error.refusal.problems,
            trace_id: error.refusal.traceId ?? null,
          }
        : { code: 'refused', message: error.message },
  })}\n`;
