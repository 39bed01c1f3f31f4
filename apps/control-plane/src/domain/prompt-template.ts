import {
  type Components,
  components,
  MAX_TEMPLATE_CHARS,
  PromptError,
  type PromptKind,
} from '@portolan/prompt-template';
import { PlatformError } from '@portolan/service-kit';
import { isObject } from './json.ts';

/** A template that gateways can render, and what stands in it. */
export interface CheckedTemplate {
  readonly kind: PromptKind;
  readonly components: Components;
}

/** How the text of messages begins. `[{{` begins with a variable and says nothing. */
const LOOKS_LIKE_MESSAGES = /^\s*\[\s*\{\s*"/;

const refuse = (message: string): never => {
  throw new PlatformError('invalid_request_error', { public: `string: ${message}`, param: 'string' });
};

/** @throws PlatformError  400 naming `string` when the template cannot be parsed */
export const componentsOf = (template: string): Components => {
  if (template.length > MAX_TEMPLATE_CHARS) refuse(`must have at most ${MAX_TEMPLATE_CHARS} characters`);
  try {
    return components(template);
  } catch (error) {
    if (error instanceof PromptError) return refuse(error.message);
    throw error;
  }
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const checkMessages = (messages: readonly unknown[]): void => {
  if (messages.length === 0) refuse('a chat template needs at least one message');
  for (const [at, message] of messages.entries()) {
    if (!isObject(message) || typeof message.role !== 'string' || message.role === '') {
      refuse(`message ${at} of the chat template has no role`);
    }
  }
};

/**
 * What a template is, by its form: a JSON array of objects is a chat, and so is whatever only becomes JSON when it is rendered
 * (`isRaw`); all else is a text.
 * @throws PlatformError  400 naming `string`: it cannot be parsed, or begins like messages and is none
 */
export const checkedTemplate = (template: string, isRaw: boolean): CheckedTemplate => {
  const found = componentsOf(template);
  const value = parsed(template);
  if (Array.isArray(value) && value.every(isObject)) {
    checkMessages(value);
    return { kind: 'chat', components: found };
  }
  if (isRaw) return { kind: 'chat', components: found };
  if (value === undefined && LOOKS_LIKE_MESSAGES.test(template)) {
    refuse('looks like messages and is not valid JSON; where sections wrap whole messages, set is_raw_template to 1');
  }
  return { kind: 'text', components: found };
};
