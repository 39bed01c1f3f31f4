export { everySplit, rechunk } from './byte-splits.ts';
export { createAuthority, hasOpenssl } from './certificates.ts';
export { secretShapes, secretsSeenIn } from './secret-shapes.ts';
export type { RecordedRequest } from './stand-in/recorder.ts';
export type { Behaviour, ScriptedAnswer, ScriptedWords, WordUsage } from './stand-in/script.ts';
export { type StandIn, type StandInName, startStandIn } from './stand-in/stand-in.ts';
export { type TempDir, tempDir } from './temp-dir.ts';
export { until, withTimeout } from './waiting.ts';
