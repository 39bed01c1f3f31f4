import { PlatformError, type Secret } from '@portolan/service-kit';
import { appendAudit } from '../audit/append.ts';
import { entryOfSignIn } from '../audit/entry-of-sign-in.ts';
import { transactionally } from '../change/run-write.ts';
import type { Deps } from '../deps.ts';
import type { OpenCall } from '../http/call.ts';
import { organizationsOf } from '../store/organization-members.ts';
import { failureSubject, forgetFailures, reserveAttempt } from '../store/sign-in-failures.ts';
import { type AccountRow, findAccountByEmail } from '../store/users.ts';
import { countedAddress } from './client-address.ts';

const WINDOW_MS = 15 * 60_000;
const PER_ACCOUNT_MAX = 10;
const PER_ADDRESS_MAX = 50;

const wrong = (): PlatformError =>
  new PlatformError('invalid_api_key', { public: 'Wrong e-mail address or password.', param: 'password' });

const auditFailure = async (call: OpenCall, account: AccountRow | undefined, { db }: Deps): Promise<void> => {
  const [organization] = account === undefined ? [] : await organizationsOf(db, account.id);
  if (account === undefined || organization === undefined) return;
  const event = {
    organizationId: organization.organization_id,
    actor: { type: 'user', id: account.id },
    resource: 'sessions',
    action: 'create',
    status: 401,
  } as const;
  await transactionally(db, (tx) => appendAudit(tx, entryOfSignIn(call, event)));
};

/**
 * The account whose password this is. Failures are counted by account and by address; who has too many waits.
 * @throws PlatformError  401, with equal words and equal work for accounts that do not exist; 429 with the time to wait
 */
export const accountOfPassword = async (
  call: OpenCall,
  email: string,
  password: Secret,
  deps: Deps,
): Promise<AccountRow> => {
  const { db, passwords } = deps;
  const account = failureSubject('account', email);
  const address = failureSubject('address', countedAddress(call.clientIp));
  const bounds = [
    { subject: account, max: PER_ACCOUNT_MAX },
    { subject: address, max: PER_ADDRESS_MAX },
  ];
  const waitMs = await transactionally(db, (tx) => reserveAttempt(tx, bounds, call.nowMs, WINDOW_MS));
  if (waitMs !== undefined) {
    throw new PlatformError('too_many_requests', {
      public: 'Too many attempts to sign in. Try again later.',
      retryAfterS: Math.max(1, Math.ceil(waitMs / 1_000)),
    });
  }
  const found = await findAccountByEmail(db, email);
  if (!(await passwords.matches(password, found?.password_hash ?? null)) || found === undefined) {
    await auditFailure(call, found, deps);
    throw wrong();
  }
  await transactionally(db, (tx) => forgetFailures(tx, account, address));
  return found;
};
