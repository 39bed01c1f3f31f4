import type { Route } from '../../route.ts';
import { acceptInvite } from './accept.ts';
import { createInvite } from './create.ts';
import { deleteInvite } from './delete.ts';
import { getInvite } from './get.ts';
import { getInvites } from './list.ts';
import { lookAtInvite } from './look.ts';
import { resendInvite } from './resend.ts';

export const inviteRoutes: readonly Route[] = [
  createInvite,
  getInvites,
  getInvite,
  deleteInvite,
  resendInvite,
  lookAtInvite,
  acceptInvite,
];
