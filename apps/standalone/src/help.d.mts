export interface Option {
  readonly flag?: string;
  readonly value?: string;
  readonly variable?: string;
  readonly whenAbsent?: string;
  readonly text: string;
}

/** Every option of the standalone command, in the order of the help text. */
export const OPTIONS: readonly Option[];

/** The text of `--help`. */
export const renderHelp: () => string;
