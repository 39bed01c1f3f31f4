export { type Ask, createGenerationBook, type GenerationBook, type Standing, settle } from './generation.ts';
export { fillHost, hostOf, isHostPart, isHostPattern, mayReceive, partsOf } from './hosts.ts';
