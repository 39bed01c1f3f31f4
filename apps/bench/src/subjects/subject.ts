import type { Shot } from '../load/plan.ts';
import type { Child } from '../process/child.ts';

export type SubjectId = 'direct' | 'bare' | 'everything' | 'peer';

/** Something a request can be sent to, running. The direct call has no process of its own. */
export interface Running {
  readonly id: SubjectId;
  readonly plain: Shot;
  readonly streamed: Shot;
  readonly process?: { readonly child: Child; readonly coldStartMs: number };
  stop(): Promise<void>;
}

export interface Subject {
  readonly id: SubjectId;
  readonly title: string;
  /** @param upstreamBaseUrl the fixed provider, with its version path */
  start(upstreamBaseUrl: string): Promise<Running>;
}

export const CHAT_PATH = '/chat/completions';
