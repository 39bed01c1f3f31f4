import { type RotateRootKeyResponse, type RotateTenantKeyResponse, VaultOperatorServiceService } from '@portolan/proto';
import type { UnaryCaller, unary } from '@portolan/rpc';
import { renderStatus, statusAsJson, statusIsWell } from './status.ts';

const STATUS_TIMEOUT_MS = 10_000;
/** A root key in a key service is asked once for each organization. */
const ROTATION_TIMEOUT_MS = 600_000;

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What a command is called with. */
export interface Asked {
  /** Who asks, for the audit of the vault. */
  readonly actor: string;
  /** One for each of the command's operands. */
  readonly operands: readonly string[];
}

/** What a command says: the same for people and for programs. */
export interface Answer {
  /** For stdout; ends in a line break. */
  readonly text: string;
  readonly json: Json;
  /** Whether it is what an operator hopes for. */
  readonly isWell: boolean;
}

export interface OperatorCommand {
  readonly name: string;
  readonly operands: readonly string[];
  /** One line for the list of commands. */
  readonly text: string;
  /** More, for its own help. */
  readonly notes: string;
  /** The method that it calls. */
  readonly path: string;
  /** @throws PlatformError */
  run(vault: UnaryCaller, asked: Asked): Promise<Answer>;
}

interface Row<Request, Response> extends Omit<OperatorCommand, 'path' | 'run'> {
  readonly rpc: Parameters<typeof unary<Request, Response>>[0];
  readonly timeoutMs: number;
  readonly toRequest: (asked: Asked) => Request;
  readonly toText: (response: Response) => string;
  readonly toJson: (response: Response) => Json;
  readonly isWell?: (response: Response) => boolean;
}

const command = <Request, Response>(row: Row<Request, Response>): OperatorCommand => ({
  name: row.name,
  operands: row.operands,
  text: row.text,
  notes: row.notes,
  path: row.rpc.path,
  run: async (vault, asked) => {
    const response = await vault.unary(row.rpc, row.toRequest(asked), { timeoutMs: row.timeoutMs });
    return { text: row.toText(response), json: row.toJson(response), isWell: row.isWell?.(response) ?? true };
  },
});

const byActor = ({ actor }: Asked) => ({ actor });

/** Every command of an operator, in the order of the help text. */
export const OPERATOR_COMMANDS: readonly OperatorCommand[] = [
  command({
    name: 'status',
    operands: [],
    text: 'Whether the vault is sealed, what does not open, and how far rotations have come.',
    notes: 'Runs the self-test. Ends with 1 when the vault is sealed or secrets of an organisation do not open.',
    rpc: VaultOperatorServiceService.getStatus,
    timeoutMs: STATUS_TIMEOUT_MS,
    toRequest: () => ({}),
    toText: renderStatus,
    toJson: statusAsJson,
    isWell: statusIsWell,
  }),
  command({
    name: 'rotate-root-key',
    operands: [],
    text: 'Takes up the root key that is configured now, and wraps every tenant key anew with it.',
    notes:
      'First make the new key current and the old one previous. Ends with 1 while there are tenant keys that neither of them ' +
      'opens: then the old key must be kept.',
    rpc: VaultOperatorServiceService.rotateRootKey,
    timeoutMs: ROTATION_TIMEOUT_MS,
    toRequest: byActor,
    toText: ({ rewrapped, refused }: RotateRootKeyResponse) =>
      `rewrapped  ${rewrapped}\nrefused    ${refused}\n${
        refused === 0
          ? 'Every tenant key is wrapped by the current root key; the one before may go.\n'
          : 'No loaded root key opens those refused. Keep the root key before.\n'
      }`,
    toJson: ({ rewrapped, refused }) => ({ rewrapped, refused }),
    isWell: ({ refused }) => refused === 0,
  }),
  command({
    name: 'rotate-tenant-key',
    operands: ['organisation'],
    text: 'Gives an organisation a new key and begins to seal its secrets anew with it, in the background.',
    notes: 'ORGANISATION is its id. The status says how many secrets are left.',
    rpc: VaultOperatorServiceService.rotateTenantKey,
    timeoutMs: ROTATION_TIMEOUT_MS,
    toRequest: ({ actor, operands: [organizationId = ''] }) => ({ actor, organizationId }),
    toText: ({ toVersion }: RotateTenantKeyResponse) =>
      `to version  ${toVersion}\nSecrets move to it in the background; the status says how many are left.\n`,
    toJson: ({ toVersion }) => ({ to_version: toVersion }),
  }),
  command({
    name: 'rotate-pepper',
    operands: [],
    text: 'Makes a new pepper current. Not again before all older API keys are rotated, or they are refused for good.',
    notes:
      'An API key is stored as a digest under the pepper of its day, which cannot be made anew without the API key, and only the ' +
      'current pepper and the one before it are given out. So after one rotation every API key works on; after a second one, those ' +
      'that are still under the pepper before the first are refused. docs/vault.md shows how to list them.',
    rpc: VaultOperatorServiceService.rotatePepper,
    timeoutMs: ROTATION_TIMEOUT_MS,
    toRequest: byActor,
    toText: ({ currentId }) =>
      `current  ${currentId}\nAPI keys under the pepper before work on. Rotate them all before the pepper is rotated again.\n`,
    toJson: ({ currentId }) => ({ current_id: currentId }),
  }),
  command({
    name: 'rotate-sealing-key',
    operands: [],
    text: 'Makes a new key current, under which the control plane seals what it keeps.',
    notes: 'The control plane seals anew what it has, within minutes. All older keys stay, a hundred at most.',
    rpc: VaultOperatorServiceService.rotateSealingKey,
    timeoutMs: ROTATION_TIMEOUT_MS,
    toRequest: byActor,
    toText: ({ currentId }) => `current  ${currentId}\nThe control plane seals with it within two minutes.\n`,
    toJson: ({ currentId }) => ({ current_id: currentId }),
  }),
];

/** Methods that may be tried a second time. */
export const IDEMPOTENT: readonly string[] = [VaultOperatorServiceService.getStatus.path];
