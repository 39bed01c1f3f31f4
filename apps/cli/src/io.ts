/** The world around a command, so that tests can be one. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdinIsTerminal: boolean;
  /** Everything on stdin. @throws Refused  when it is longer */
  readStdin(maxBytes: number): Promise<string>;
  /** Asks at the terminal without showing what is typed. */
  askHidden(question: string): Promise<string>;
  ask(question: string): Promise<string>;
  out(text: string): void;
  err(text: string): void;
  readonly fetch: typeof fetch;
  /** Waits before a call is tried again. */
  pause(ms: number): Promise<void>;
  nowMs(): number;
  /** Of the command line itself. */
  readonly version: string;
}
