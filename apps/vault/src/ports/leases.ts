/** Who of several instances does a piece of work. */
export interface Leases {
  /** Takes or keeps a lease until a time, Unix milliseconds. False while another holder has it. */
  hold(name: string, holder: string, time: { readonly nowMs: number; readonly untilMs: number }): Promise<boolean>;
  /** Gives it back. */
  release(name: string, holder: string): Promise<void>;
}
