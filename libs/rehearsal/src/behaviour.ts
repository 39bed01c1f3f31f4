interface OptionRule {
  /** A flag stands alone; a number has inclusive bounds. */
  readonly range?: readonly [min: number, max: number];
  /** Steady options keep working after `times` failures; faults do not. */
  readonly steady?: true;
}

const MAX_PAUSE_MS = 600_000;
const MAX_EVENTS = 100_000;

const OPTIONS = {
  status: { range: [400, 599] },
  'retry-after': { range: [0, 3600] },
  times: { range: [1, 1000] },
  reset: {},
  silent: {},
  redirect: {},
  html: {},
  'short-length': {},
  cut: { range: [0, MAX_EVENTS] },
  stall: { range: [0, MAX_EVENTS] },
  'error-event': { range: [0, MAX_EVENTS] },
  malformed: { range: [0, MAX_EVENTS] },
  'no-done': {},
  delay: { range: [0, MAX_PAUSE_MS], steady: true },
  'first-token': { range: [0, MAX_PAUSE_MS], steady: true },
  pace: { range: [0, MAX_PAUSE_MS], steady: true },
  chunks: { range: [1, MAX_EVENTS], steady: true },
  gzip: { steady: true },
} as const satisfies Readonly<Record<string, OptionRule>>;

type OptionName = keyof typeof OPTIONS;

/** What a model name asks for: the number given, or 1 for a flag. An absent option asks for nothing. */
export type Behaviour = Readonly<Partial<Record<OptionName, number>>>;

export type ParsedModel =
  | { readonly type: 'behaviour'; readonly behaviour: Behaviour }
  | { readonly type: 'unknown_model' }
  | { readonly type: 'bad_option'; readonly problem: string };

const isOption = (name: string): name is OptionName => Object.hasOwn(OPTIONS, name);

const ruleOf = (name: OptionName): OptionRule => OPTIONS[name];

/**
 * The behaviour a model name asks for.
 *
 * Grammar: `rehearsal` or `rehearsal:<option>[=<whole number>],…`. Events are counted from 0; a plain answer counts
 * as two halves.
 *
 * | option | what happens |
 * | --- | --- |
 * | `status=429` | an error answer with this status, 400 to 599 |
 * | `retry-after=2` | this header (seconds) on the error; alone it means status 429 |
 * | `times=2` | the faults hold for the first calls only, counted per `user` and model name |
 * | `reset` | the connection is reset before any header |
 * | `silent` | the connection stays open and no header ever comes |
 * | `redirect` | 307 to the same path with `?redirected=1`, which answers normally |
 * | `html` | a web page in place of JSON; with `status` the error is a page |
 * | `short-length` | `content-length` names half of the body |
 * | `cut=3` | the connection is destroyed after that many events |
 * | `stall=3` | nothing more comes after that many events, and the connection stays open |
 * | `error-event=2` | that event is an error object and the last one; a plain answer is that object with status 200 |
 * | `malformed=2` | that event is not JSON; a plain answer is half a JSON document |
 * | `no-done` | the stream ends without `[DONE]` |
 * | `delay=500` | milliseconds before the headers |
 * | `first-token=2000` | milliseconds between the headers and the first event |
 * | `pace=20` | milliseconds between events |
 * | `chunks=50` | the text comes in that many pieces |
 * | `gzip` | the body is compressed whether asked for or not |
 */
export const behaviourOf = (model: string): ParsedModel => {
  const [name, ...rest] = model.split(':');
  if (name !== 'rehearsal') return { type: 'unknown_model' };
  const behaviour: Partial<Record<OptionName, number>> = {};
  for (const option of rest.join(':').split(',').filter(Boolean)) {
    const [key = '', text] = option.split('=');
    if (!isOption(key)) return { type: 'bad_option', problem: `unknown option "${key}"` };
    const { range } = ruleOf(key);
    if (range === undefined) {
      if (text !== undefined) return { type: 'bad_option', problem: `"${key}" takes no value` };
      behaviour[key] = 1;
      continue;
    }
    const value = text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= range[0] && value <= range[1])) {
      return { type: 'bad_option', problem: `"${key}" takes a whole number from ${range[0]} to ${range[1]}` };
    }
    behaviour[key] = value;
  }
  if (behaviour['retry-after'] !== undefined) behaviour.status ??= 429;
  return { type: 'behaviour', behaviour };
};

/** The same behaviour without its faults: what remains once `times` failures have happened. */
export const steadyPart = (behaviour: Behaviour): Behaviour =>
  Object.fromEntries(Object.entries(behaviour).filter(([name]) => isOption(name) && ruleOf(name).steady === true));
