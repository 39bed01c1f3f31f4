import { isArray, isObject, type Json, stringAt } from '../spec/json.ts';

/** The texts of a message's content, string or parts, in order; empty ones are left out. */
export const textsOf = (content: Json | undefined): readonly string[] => {
  if (typeof content === 'string') return content === '' ? [] : [content];
  if (!isArray(content)) return [];
  return content.flatMap((part) => {
    const text = typeof part === 'string' ? part : isObject(part) ? stringAt(part, 'text') : undefined;
    return text === undefined || text === '' ? [] : [text];
  });
};

/** A message's whole text. Parts are joined with nothing between them. */
export const textOf = (content: Json | undefined): string => textsOf(content).join('');
