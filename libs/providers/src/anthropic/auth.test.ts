import { expect, it } from 'vitest';
import type { TargetOptions } from '../spec/provider.ts';
import { anthropicHeaders, bodyBetas, requestHeaders } from './auth.ts';

const options = (key: string | undefined, settings: TargetOptions['settings'] = {}): TargetOptions => ({
  credential: key === undefined ? undefined : { reveal: () => key },
  settings,
});

it('sends an API key in the header of the provider, and no beta feature by itself', () => {
  expect(anthropicHeaders(options('K'))).toEqual({ 'x-api-key': 'K', 'anthropic-version': '2023-06-01' });
});

it('sends an OAuth token as a bearer and never as a key', () => {
  expect(anthropicHeaders(options('sk-ant-oat01-x', { anthropic_beta: 'a' }))).toEqual({
    authorization: 'Bearer sk-ant-oat01-x',
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'a,oauth-2025-04-20',
  });
});

it('sends no credential that it was not given', () => {
  expect(anthropicHeaders(options(undefined))).toEqual({ 'anthropic-version': '2023-06-01' });
});

it('joins beta features of settings and body without doubles, and lets the body name the version', () => {
  const betas = bodyBetas({ anthropic_beta: ['b, c', 'a', 4] });
  expect(requestHeaders(options('K', { anthropic_beta: ' a ,b,' }), betas, '2024-01-01')).toEqual({
    'anthropic-beta': 'a,b,c',
    'anthropic-version': '2024-01-01',
  });
  expect(requestHeaders(options('K'), bodyBetas({ anthropic_beta: 'x' }), undefined)).toEqual({
    'anthropic-beta': 'x',
  });
  expect(requestHeaders(options('K'), [], undefined)).toEqual({});
});
