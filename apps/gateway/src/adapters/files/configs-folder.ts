import { createHash } from 'node:crypto';
import { type FSWatcher, mkdirSync, readdirSync, readFileSync, statSync, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { type Logger, PlatformError } from '@portolan/service-kit';
import type { ConfigReader } from '../../config-reader.ts';
import type { Configs, SavedConfig } from '../../ports/configs.ts';

const MAX_CONFIGS = 10_000;
const MAX_FILE_BYTES = 1024 * 1024;
const SETTLE_MS = 50;

/**
 * Saved configs as files, `<slug>.json`, read at start and again when the folder changes.
 * A file that is not a valid config is left out with a log line that says why; the version in force stays.
 */
export const configsFromFolder = (folder: string, readConfig: ConfigReader, log: Logger): Configs => {
  mkdirSync(folder, { recursive: true });
  let saved: ReadonlyMap<string, SavedConfig> = new Map();
  const reload = () => {
    const names = readdirSync(folder).filter((name) => /^pc-[\w.-]+\.json$/.test(name));
    if (names.length > MAX_CONFIGS) log.warn({ limit: MAX_CONFIGS }, 'the configs folder holds too many files');
    saved = new Map(
      names.slice(0, MAX_CONFIGS).flatMap((name) => {
        const slug = basename(name, '.json');
        const config = readFile(join(folder, name), slug, readConfig, log) ?? saved.get(slug);
        return config === undefined ? [] : [[slug, config]];
      }),
    );
  };
  reload();
  const watching = watchFolder(folder, reload, log);
  return { find: (slug) => saved.get(slug), close: () => watching.close() };
};

/** Editors write in several steps: the folder is read once it has settled. */
const watchFolder = (folder: string, reload: () => void, log: Logger): { close(): void } => {
  let settle: NodeJS.Timeout | undefined;
  const watcher: FSWatcher = watch(folder, { persistent: false }, () => {
    clearTimeout(settle);
    settle = setTimeout(() => {
      try {
        reload();
      } catch (error) {
        log.error({ err: error }, 'the configs folder cannot be read');
      }
    }, SETTLE_MS);
  });
  watcher.on('error', (error) => log.error({ err: error }, 'the configs folder is no longer watched'));
  return {
    close() {
      clearTimeout(settle);
      watcher.close();
    },
  };
};

const readFile = (path: string, slug: string, readConfig: ConfigReader, log: Logger): SavedConfig | undefined => {
  try {
    if (statSync(path).size > MAX_FILE_BYTES) throw new Error(`larger than ${MAX_FILE_BYTES} bytes`);
    const text = readFileSync(path, 'utf8');
    const route = readConfig(JSON.parse(text), 'saved');
    const version = createHash('sha256').update(`${slug}\n${text}`).digest('hex').slice(0, 16);
    return { slug, version, route };
  } catch (error) {
    log.warn({ config: slug, reason: reasonOf(error) }, 'a saved config is not usable');
    return undefined;
  }
};

const reasonOf = (error: unknown): string => {
  const details = error instanceof PlatformError ? error.errors : undefined;
  return details?.join('; ') ?? (error instanceof Error ? error.message : String(error));
};
