import { PlatformError } from '@portolan/service-kit';
import { expect, test } from 'vitest';
import { failureAsJson, Refused, renderFailure } from './failure.ts';

/** As the client of gRPC reports what a server, or the way to it, said. */
const told = (code: number, details: string): Error =>
  Object.assign(new Error(`${code} ${details}`), { code, details });

test('an error of the vault shows its name and its sentence', () => {
  const error = new PlatformError('not_found', { public: 'The organization has no key yet.', cause: told(5, 'x') });
  expect(renderFailure(error)).toBe('error not_found: The organization has no key yet.\n');
  expect(JSON.parse(failureAsJson(error))).toEqual({
    error: { type: 'not_found', code: null, message: 'The organization has no key yet.', errors: [] },
  });
});

test('a vault that cannot be reached shows what the transport knows', () => {
  const cause = told(14, 'No connection established. Last error: connect ECONNREFUSED 127.0.0.1:7443');
  const error = new PlatformError('connection_error', {
    public: 'A service of the platform cannot be reached.',
    cause,
  });
  expect(renderFailure(error)).toBe(
    'error connection_error: A service of the platform cannot be reached.\n  No connection established. Last error: connect ECONNREFUSED 127.0.0.1:7443\n',
  );
});

test('what is refused at the door is told as that, not as an error inside', () => {
  const unexpected = { public: 'Something went wrong inside the platform.' };
  const refused = new PlatformError('internal_error', { ...unexpected, cause: told(7, 'This service may not.') });
  expect(renderFailure(refused)).toMatch(/^error permission_denied: The vault does not take this certificate or token/);
  const older = new PlatformError('internal_error', { ...unexpected, cause: told(12, 'no such method') });
  expect(renderFailure(older)).toMatch(/^error method_not_allowed: .* of another version\.\n$/);
});

test('what is wrong with a call that was never made is one sentence', () => {
  expect(renderFailure(new Refused('There is no command "x".'))).toBe('error: There is no command "x".\n');
  expect(JSON.parse(failureAsJson(new Refused('No.')))).toEqual({
    error: { type: 'refused', code: null, message: 'No.', errors: [] },
  });
});
