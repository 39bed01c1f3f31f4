export { type Behaviour, behaviourOf, type ParsedModel } from './behaviour.ts';
export {
  type Answer,
  deliver,
  gzipped,
  jsonAnswer,
  type Manners,
  sseAnswer,
  sseFrame,
  textAnswer,
  withShortLength,
} from './delivery.ts';
export { base64Vector, unitVector } from './embeddings.ts';
export * from './json.ts';
export { type Listening, listen } from './listen.ts';
export { REHEARSAL_MODELS } from './models.ts';
export { readBody } from './read-body.ts';
export { sampleOf } from './schema-sample.ts';
export { type Rehearsal, startRehearsal } from './server.ts';
export { countTokens, wordsOf } from './words.ts';
