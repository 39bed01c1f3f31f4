import { countTokens, type JsonObject, numberAt, objectAt, objectsAt, stringAt, unitVector } from '@portolan/rehearsal';
import type { Sent } from '../dialect.ts';

const partsText = (content: JsonObject | undefined): string =>
  objectsAt(content, 'parts')
    .map((part) => stringAt(part, 'text') ?? '')
    .join(' ');

const embeddingOf = (request: JsonObject) => ({
  values: unitVector(partsText(objectAt(request, 'content')), numberAt(request, 'outputDimensionality') ?? 768),
});

export const replyEmbed = (body: JsonObject): Sent => ({ body: { embedding: embeddingOf(body) } });

export const replyBatchEmbed = (body: JsonObject): Sent => ({
  body: { embeddings: objectsAt(body, 'requests').map(embeddingOf) },
});

export const replyCount = (body: JsonObject): Sent => {
  const request = objectAt(body, 'generateContentRequest') ?? body;
  const contents = [objectAt(request, 'systemInstruction'), ...objectsAt(request, 'contents')];
  return { body: { totalTokens: contents.reduce((sum, content) => sum + countTokens(partsText(content)), 0) } };
};
