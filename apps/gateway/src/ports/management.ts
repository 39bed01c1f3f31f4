/** The management API behind this gateway. */
export interface Management {
  /** Base URL of the control plane, without a slash at the end; undefined where there is none. */
  readonly url: string | undefined;
  /** The newest change that this gateway knows of; 0 for none. */
  revision(): number;
  /** Resolves once this gateway knows a change, or when waiting any longer helps nobody. */
  untilKnown(revision: number): Promise<void>;
}
