import type { Command } from '../arguments/command.ts';
import { applyCommands, configApplyCommands } from './apply.ts';
import { auditCommands } from './audit.ts';
import { configCommands } from './configs.ts';
import { exportCommand } from './export.ts';
import { keyCommands } from './keys.ts';
import { login, logout, whoami } from './login.ts';
import { promptCommands } from './prompts.ts';
import { userCommands } from './users.ts';
import { virtualKeyCommands } from './virtual-keys.ts';
import { workspaceCommands } from './workspaces.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  login,
  logout,
  whoami,
  ...applyCommands,
  exportCommand,
  ...keyCommands,
  ...virtualKeyCommands,
  ...configCommands,
  ...configApplyCommands,
  ...promptCommands,
  ...userCommands,
  ...workspaceCommands,
  ...auditCommands,
];
