import { components } from '@portolan/prompt-template';
import { describe, expect, test } from 'vitest';
import { missingPartials, namedPartials, partialWarnings } from './partial-warnings.ts';

const ID = '6f1c2a34-0000-4000-8000-1234567890ab';
const there = [{ slug: 'pp-a', id: ID, numbers: [1, 3] }];

describe('partials that a template refers to', () => {
  test('are named once each, by slug or id', () => {
    expect(namedPartials(components(`{{>pp-a}}{{>pp-a@1}}{{>${ID}}}{{>not a name}}`))).toEqual(['pp-a', ID]);
  });

  test('are missing when none answers to the reference as it stands there', () => {
    const template = `{{>pp-a}}{{>pp-a@3}}{{>pp-a@latest}}{{>${ID}@1}}{{>pp-a@2}}{{>pp-b}}{{>pp-a@production}}`;
    expect(missingPartials(components(template), there)).toEqual(['pp-a@2', 'pp-b', 'pp-a@production']);
  });

  test('are told of, of very many the first twenty', () => {
    expect(partialWarnings(Array.from({ length: 50 }, (_, at) => `pp-${at}`))).toHaveLength(20);
  });
});
