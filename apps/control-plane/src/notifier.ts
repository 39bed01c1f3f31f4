import { readFile } from 'node:fs/promises';
import { type Clock, type Logger, Secret } from '@portolan/service-kit';
import { logNotifier } from './adapters/notifier/log.ts';
import { severalNotifiers } from './adapters/notifier/several.ts';
import { smtpNotifier } from './adapters/notifier/smtp.ts';
import { webhookNotifier } from './adapters/notifier/webhook.ts';
import type { ControlPlaneConfig } from './config.ts';
import type { Notifier } from './ports/notifier.ts';

const readSecret = async (file: string): Promise<Secret> => new Secret((await readFile(file, 'utf8')).trim());

/** The ways that messages take, as the operator set them up; the log when there is none. */
export const openNotifier = async (config: ControlPlaneConfig, clock: Clock, log: Logger): Promise<Notifier> => {
  const {
    CONTROL_PLANE_SMTP_URL_FILE: smtpFile,
    CONTROL_PLANE_WEBHOOK_URL: url,
    CONTROL_PLANE_WEBHOOK_SECRET_FILE: secretFile,
  } = config;
  if (url !== undefined && secretFile === undefined) {
    throw new Error('Set CONTROL_PLANE_WEBHOOK_SECRET_FILE: a webhook is signed.');
  }
  const ways: Notifier[] = [];
  if (smtpFile !== undefined) {
    ways.push(smtpNotifier({ url: await readSecret(smtpFile), from: config.CONTROL_PLANE_MAIL_FROM }));
  }
  if (url !== undefined && secretFile !== undefined) {
    ways.push(webhookNotifier({ url, secret: await readSecret(secretFile), clock }));
  }
  return ways.length === 0 ? logNotifier(log) : severalNotifiers(ways);
};
