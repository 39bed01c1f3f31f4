import { expect, test } from 'vitest';
import {
  fromServer,
  isRetryable,
  isServerError,
  isTimeout,
  isUnavailable,
  isUniqueViolation,
  isUnstorableText,
  SqlError,
} from './errors.ts';

test.each([
  ['23505', isUniqueViolation],
  ['40001', isRetryable],
  ['40P01', isRetryable],
  ['57014', isTimeout],
  ['55P03', isTimeout],
  ['08001', isUnavailable],
  ['08006', isUnavailable],
  ['53300', isUnavailable],
  ['57P01', isUnavailable],
  ['25P03', isUnavailable],
  ['22021', isUnstorableText],
  ['22P05', isUnstorableText],
])('%s is told apart by its own question only', (code, question) => {
  const questions = [isUniqueViolation, isRetryable, isTimeout, isUnavailable, isUnstorableText];
  const yes = questions.filter((ask) => ask(new SqlError(code, 'text')));
  expect(yes).toEqual([question]);
});

test.each([['08P01'], ['42601'], ['22021']])('%s is a mistake of the caller, not an outage', (code) => {
  expect(isUnavailable(new SqlError(code, 'text'))).toBe(false);
});

test('only our own error answers a question', () => {
  expect(isUniqueViolation(Object.assign(new Error('text'), { code: '23505' }))).toBe(false);
  expect(isUniqueViolation(undefined)).toBe(false);
});

test('an answer of the server keeps names of the schema and loses values, statements and parameters', () => {
  const answer = Object.assign(new Error('invalid input syntax for type integer: "secret "quoted" secret"'), {
    code: '22P02',
    severity: 'ERROR',
    detail: 'Key (name)=(secret) already exists.',
    where: 'secret',
    params: ['secret'],
    query: 'select secret',
    table: 'item',
  });
  const error = fromServer(answer);
  expect(error).toMatchObject({ code: '22P02', table: 'item', message: 'invalid input syntax for type integer: "…"' });
  expect(JSON.stringify({ ...error })).not.toContain('secret');
});

test('an error of the operating system is no answer of the server', () => {
  expect(isServerError(Object.assign(new Error('broken'), { code: 'EPIPE' }))).toBe(false);
});
