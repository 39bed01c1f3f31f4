import type { Notice } from '../spec/provider.ts';

/** What a mapping learns on its way and its result has no place for. */
export interface Findings {
  readonly notices: Notice[];
  /** Beta features that the request makes use of. */
  readonly betas: string[];
}

export const noFindings = (): Findings => ({ notices: [], betas: [] });

export const noteDropped = (findings: Findings, param: string, reason: string): void => {
  findings.notices.push({ kind: 'dropped', param, reason });
};

export const noteReplaced = (findings: Findings, param: string, reason: string): void => {
  findings.notices.push({ kind: 'replaced', param, reason });
};
