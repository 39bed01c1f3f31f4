import { UnsupportedValue } from '../spec/errors.ts';
import { type JsonObject, stringAt } from '../spec/json.ts';

/** What a model's name tells of what it can do. */
export interface GeminiModel {
  /** Without `models/`. */
  readonly id: string;
  readonly family: 'gemini' | 'gemma';
  readonly size: 'pro' | 'flash' | 'flash-lite' | 'other';
  /** Draws or speaks only. */
  readonly isMediaOnly: boolean;
  /** Gemini's release by its name: one without numbers counts as newer than all, Gemma as older than all. */
  isAtLeast(major: number, minor?: number): boolean;
}

/** @throws UnsupportedValue when the body names no model: the model is part of the path */
export const modelOf = (body: JsonObject): GeminiModel => {
  const name = stringAt(body, 'model')?.replace(/^models\//, '') ?? '';
  if (name === '') throw new UnsupportedValue('model is required', 'model', 'missing_required_parameter');
  return describeModel(name);
};

export const describeModel = (id: string): GeminiModel => {
  const release = /^gemini-(\d+)(?:\.(\d+))?/.exec(id);
  const [major, minor] =
    release === null ? [Number.POSITIVE_INFINITY, 0] : [Number(release[1]), Number(release[2] ?? 0)];
  const isGemma = id.startsWith('gemma-');
  return {
    id,
    family: isGemma ? 'gemma' : 'gemini',
    size: /flash-lite/.test(id) ? 'flash-lite' : /flash/.test(id) ? 'flash' : /pro(-|$)/.test(id) ? 'pro' : 'other',
    isMediaOnly: /-(image|tts)(-|$)/.test(id),
    isAtLeast: (wantedMajor, wantedMinor = 0) =>
      !isGemma && (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)),
  };
};

/** Safe inside a path, whatever a caller writes. */
export const modelSegment = (model: GeminiModel): string => encodeURIComponent(model.id);
