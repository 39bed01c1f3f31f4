export { type Components, components, partialReferences } from './components.ts';
export { failureBody, PromptError, type PromptErrorCode } from './errors.ts';
export { MAX_SECTION_DEPTH, MAX_TEMPLATE_CHARS } from './parse.ts';
export {
  isLabelName,
  type PromptReference,
  parsePartialReference,
  parseReference,
  type VersionSelector,
} from './reference.ts';
export {
  MAX_RENDER_STEPS,
  MAX_RENDERED_CHARS,
  type PromptKind,
  type Rendered,
  type RenderOptions,
  render,
} from './render.ts';
export {
  buildRequest,
  type PromptCall,
  type PromptRequest,
  type PromptVersion,
  renderAnswer,
  variablesOf,
} from './request.ts';
export type { Variables } from './values.ts';
