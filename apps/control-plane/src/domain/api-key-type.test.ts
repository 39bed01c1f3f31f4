import { describe, expect, test } from 'vitest';
import { readKeyType } from './api-key-type.ts';

describe('the type of a new API key', () => {
  test.each([
    ['organisation', 'service', 'organisation-service'],
    ['organization', undefined, 'organisation-service'],
    ['workspace', 'user', 'workspace-user'],
    ['workspace', 'NOT_GIVEN', 'workspace-service'],
    ['workspace', 'undefined', 'workspace-service'],
    ['workspace-user', undefined, 'workspace-user'],
  ])('%s and %s is %s', (type, subType, expected) => {
    expect(readKeyType(type, subType)).toEqual({ type: expected });
  });

  test.each([
    ['NOT_GIVEN', 'service', 'type'],
    [undefined, undefined, 'type'],
    ['team', 'service', 'type'],
    ['organisation', 'user', 'sub-type'],
    ['workspace', 'robot', 'sub-type'],
  ])('%s and %s says what is wrong with %s', (type, subType, path) => {
    expect(readKeyType(type, subType)).toMatchObject({ problem: { path } });
  });
});
