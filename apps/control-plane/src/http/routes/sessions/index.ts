import type { Route } from '../../route.ts';
import { postLogin } from './login.ts';
import { postLogout } from './logout.ts';
import { postPassword } from './password.ts';
import { getSession } from './session.ts';
import { postSwitch } from './switch.ts';

export const sessionRoutes: readonly Route[] = [postLogin, postLogout, getSession, postSwitch, postPassword];
