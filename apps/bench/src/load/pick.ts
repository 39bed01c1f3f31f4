import type { Options } from '../options.ts';
import { autocannonTool } from './autocannon.ts';
import type { LoadTool } from './plan.ts';
import { findWrk } from './wrk.ts';

/** @throws Error when wrk was asked for by name and is not on PATH */
export async function pickLoadTool(wanted: Options['load']): Promise<LoadTool> {
  if (wanted === 'autocannon') return autocannonTool;
  const wrk = await findWrk();
  if (wrk === undefined && wanted === 'wrk') throw new Error('wrk is not on PATH');
  return wrk ?? autocannonTool;
}
