/**
 * Every way in which a prompt fails before a provider is asked. `status` is what the caller's HTTP client sees; `text` makes the
 * message from the detail.
 */
const PROMPT_ERRORS = {
  prompt_not_found: { status: 404, text: () => 'Invalid prompt id' },
  missing_variable_partials: { status: 400, text: (names: string) => `Missing variable partials: ${names}` },
  missing_partials: { status: 400, text: (slugs: string) => `Missing prompt partials: ${slugs}` },
  template: { status: 400, text: (problem: string) => `Error in parsing prompt template: ${problem}` },
  variables: { status: 400, text: () => 'variables must be an object' },
  prompt_id_outside_prompts: {
    status: 400,
    // The clients' own wording, though it says the opposite of what it means.
    text: () => 'You cannot pass config with prompt id in /v1/prompts route',
  },
  prompt_ids_not_valid: { status: 400, text: (ids: string) => `Following prompt_id are not valid: ${ids}` },
} as const;

export type PromptErrorCode = keyof typeof PROMPT_ERRORS;

/** The only error that this library throws. Its message is for the caller and holds nothing of the template's text. */
export class PromptError extends Error {
  override readonly name = 'PromptError';
  readonly code: PromptErrorCode;
  /** HTTP status. */
  readonly status: number;

  /** @param details names, ids or one sentence, as the code needs; joined by a comma */
  constructor(code: PromptErrorCode, ...details: readonly string[]) {
    const { status, text } = PROMPT_ERRORS[code];
    super(text(details.join(', ')));
    this.code = code;
    this.status = status;
  }
}

/** The body that the clients know for these errors. */
export const failureBody = ({ message }: PromptError): { readonly status: 'failure'; readonly message: string } => ({
  status: 'failure',
  message,
});
