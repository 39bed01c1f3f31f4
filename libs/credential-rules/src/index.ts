export { type Ask, createGenerationBook, type GenerationBook, type Standing, settle } from './generation.ts';
export { fillHost, hostOf, isHostPart, isHostPattern, mayReceive, partsOf } from './hosts.ts';
export {
  type FieldKind,
  PROVIDERS_WITH_FIELDS,
  type ProviderField,
  type ProviderFields,
  providerFields,
} from './provider-fields.ts';
