import type { Given } from './arguments/command.ts';
import { DEFAULT_TIMEOUT_S } from './arguments/global-flags.ts';
import { Refused } from './failure.ts';

const TIMEOUT_MAX_S = 600;

/** @throws Refused  for what is no number of seconds */
export const timeoutMs = (given: Given): number => {
  const text = given.text('timeout') ?? String(DEFAULT_TIMEOUT_S);
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds <= 0 || seconds > TIMEOUT_MAX_S)
    throw new Refused(`--timeout must be a number of seconds up to ${TIMEOUT_MAX_S}.`);
  return seconds * 1_000;
};
