import {
  controlPlaneEnvironment,
  gatewayEnvironment,
  type PlatformSettings,
  vaultEnvironment,
} from './environments.ts';

/** A service of the platform, as this command starts it. */
export interface Service {
  /** The folder of its app. */
  readonly app: string;
  /** As people call it, in sentences. */
  readonly name: string;
  environment(
    env: Readonly<Record<string, string | undefined>>,
    settings: PlatformSettings,
  ): Readonly<Record<string, string | undefined>>;
}

/**
 * All of them, in the order in which they start: those of one row together, the next row once they are ready. Any order would do,
 * because each waits for those it needs; this one has nobody complain of somebody who is still starting.
 */
export const SERVICES: readonly (readonly Service[])[] = [
  [
    { app: 'vault', name: 'vault', environment: vaultEnvironment },
    { app: 'control-plane', name: 'control plane', environment: controlPlaneEnvironment },
  ],
  [{ app: 'gateway', name: 'gateway', environment: gatewayEnvironment }],
];
