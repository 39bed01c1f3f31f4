import { parseArgs } from 'node:util';

export interface Options {
  readonly rounds: number;
  readonly windowSeconds: number;
  readonly warmUpSeconds: number;
  readonly streamRequests: number;
  readonly quietWaitMs: number;
  readonly peer: boolean;
  readonly load: 'wrk' | 'autocannon' | 'auto';
}

const FULL = { rounds: 3, windowSeconds: 4, warmUpSeconds: 1, streamRequests: 300, quietWaitMs: 20_000 };
const QUICK = { rounds: 1, windowSeconds: 1, warmUpSeconds: 1, streamRequests: 60, quietWaitMs: 2_000 };

export const USAGE = `npm run bench -- [options]
  --peer              install the public peer gateway into a temporary folder and measure it too
  --quick             one short round: a smoke test, not a result
  --rounds <n>        rounds, each visits every subject in turn (${FULL.rounds})
  --seconds <n>       length of one window in whole seconds (${FULL.windowSeconds})
  --load <tool>       wrk or autocannon; wrk when it is on PATH, else autocannon
  --help`;

/**
 * Command line -> options.
 * @throws TypeError for an unknown flag, a count that is no positive whole number or an unknown load tool
 */
export function readOptions(argv: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    strict: true,
    options: {
      peer: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      load: { type: 'string', default: 'auto' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const preset = values.quick ? QUICK : FULL;
  return {
    ...preset,
    rounds: wholeNumber('--rounds', values.rounds) ?? preset.rounds,
    windowSeconds: wholeNumber('--seconds', values.seconds) ?? preset.windowSeconds,
    peer: values.peer,
    load: loadTool(values.load),
  };
}

function wholeNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new TypeError(`${flag} takes a whole number from 1 to 9999`);
  return Number(text);
}

function loadTool(text: string): Options['load'] {
  if (text === 'wrk' || text === 'autocannon' || text === 'auto') return text;
  throw new TypeError('--load takes wrk or autocannon');
}
