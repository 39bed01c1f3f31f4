import { expect, test } from 'vitest';
import { credentialRow } from '../testing/samples.ts';
import { InvalidCredential } from './credential.ts';
import { draftChange, draftSecrets } from './draft-change.ts';

const bedrock = credentialRow('c', {
  provider: 'bedrock',
  settings: { aws_region: 'us-east-1', aws_auth_type: 'accessKey' },
  extraHosts: ['proxy.example.com'],
});

const problemsOf = (make: () => unknown): readonly string[] => {
  try {
    make();
  } catch (error) {
    if (error instanceof InvalidCredential) return error.problems;
    throw error;
  }
  return [];
};

test('a setting that is not named stays, a named one changes, and null clears', () => {
  const draft = draftChange(bedrock, {
    settings: { awsRegion: 'eu-west-1', aws_auth_type: null },
    extraHosts: undefined,
  });
  expect(draft.settings).toEqual({ aws_region: 'eu-west-1' });
  expect(draft.secrets).toEqual([]);
  expect(draft.clearedSecrets).toEqual([]);
});

test('hosts stay unless new ones are named, and follow the settings', () => {
  const kept = draftChange(bedrock, { settings: { custom_host: 'https://own.example.com/v1' }, extraHosts: undefined });
  expect(kept.extraHosts).toEqual(['proxy.example.com']);
  expect(kept.allowedHosts).toEqual(expect.arrayContaining(['own.example.com', 'proxy.example.com']));
  expect(draftChange(bedrock, { settings: {}, extraHosts: [] }).allowedHosts).not.toContain('proxy.example.com');
});

test('secrets are changed and cleared under either of their names', () => {
  const draft = draftChange(bedrock, {
    settings: { awsSecretAccessKey: 'new', awsExternalId: null, key: null },
    extraHosts: undefined,
  });
  expect(draft.secrets.map(({ field, plain }) => [field, plain.reveal().toString()])).toEqual([
    ['aws_secret_access_key', 'new'],
  ]);
  expect(draft.clearedSecrets).toEqual(['aws_external_id', 'key']);
});

test('a name that is unknown is a problem whatever is under it', () => {
  for (const value of [null, '', 'x', 1]) {
    const settings = { aws_regoin: value };
    expect(problemsOf(() => draftChange(bedrock, { settings, extraHosts: undefined }))).toEqual(
      value === '' ? [] : ['"aws_regoin" is no setting of this provider. Did you mean "aws_region"?'],
    );
  }
});

test('a rotation takes secrets and nothing else', () => {
  expect(draftSecrets(bedrock, { aws_secret_access_key: 'new' }).secrets).toHaveLength(1);
  expect(problemsOf(() => draftSecrets(bedrock, { awsRegion: 'eu-west-1', aws_secret_access_key: 'new' }))).toEqual([
    '"aws_region" is no secret; an update changes it.',
  ]);
  expect(problemsOf(() => draftSecrets(bedrock, {}))).toEqual(['A rotation needs a new secret.']);
});

test('no problem quotes a value, nor a name that may be one', () => {
  const problems = problemsOf(() =>
    draftChange(bedrock, { settings: { 'sk-canary-123': 'x', aws_region: { canary: 1 } }, extraHosts: undefined }),
  );
  expect(problems).toHaveLength(2);
  expect(problems.join(' ')).not.toContain('canary');
});
