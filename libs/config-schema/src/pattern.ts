import { RE2JS } from 're2js';

/** Instructions one pattern may compile to, roughly. */
const MAX_PATTERN_COST = 5_000;
/** Instructions all patterns of one plan may compile to. */
const MAX_POOL_COST = 100_000;
/** Instructions times characters: tens of milliseconds in the worst case, far above what routing asks for. */
const MAX_MATCH_WORK = 5_000_000;

export type PatternTest = (subject: string) => boolean;

/** Hands out tests; the same pattern is compiled once, when it is first asked. */
export type PatternPool = (pattern: string) => PatternTest;

const never: PatternTest = () => false;

/**
 * A bounded set of compiled patterns. The engine matches in linear time, so it has no look-around and no
 * back-references. A pattern it cannot read, one that is too large, or a subject that would take too long: false.
 */
export const patternPool = (): PatternPool => {
  const tests = new Map<string, PatternTest>();
  let spent = 0;
  return (pattern) => {
    const known = tests.get(pattern);
    if (known !== undefined) return known;
    const cost = patternCost(pattern);
    if (cost > MAX_PATTERN_COST || spent + cost > MAX_POOL_COST) return never;
    spent += cost;
    const test = lazyTest(pattern);
    tests.set(pattern, test);
    return test;
  };
};

/** Whether the engine can read a pattern at all. */
export const isSupportedPattern = (pattern: string): boolean =>
  patternCost(pattern) <= MAX_PATTERN_COST && compile(pattern) !== undefined;

const lazyTest = (pattern: string): PatternTest => {
  let compiled: RE2JS | undefined;
  let isTried = false;
  return (subject) => {
    if (!isTried) compiled = compile(pattern);
    isTried = true;
    if (compiled === undefined || compiled.programSize() * subject.length > MAX_MATCH_WORK) return false;
    return compiled.test(subject);
  };
};

const compile = (pattern: string): RE2JS | undefined => {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(pattern));
  } catch {
    return undefined;
  }
};

const REPEAT = /\{(\d{1,6})(,?)(\d{0,6})\}/y;

/**
 * Size of the program a pattern compiles to, estimated from above without compiling it: counted repeats copy what
 * they repeat, so a few characters can ask for a lot.
 */
export const patternCost = (pattern: string): number => {
  const outer: number[] = [];
  let sum = 0;
  let atom = 0;
  let at = 0;
  while (at < pattern.length) {
    REPEAT.lastIndex = at;
    const repeat = REPEAT.exec(pattern);
    if (repeat !== null) {
      atom *= Math.max(1, Number(repeat[1]) + (repeat[2] === '' ? 0 : 1), Number(repeat[3]));
      at = REPEAT.lastIndex;
      continue;
    }
    const char = pattern[at];
    at += char === '\\' ? 2 : 1;
    if (char === ')' && outer.length > 0) {
      atom += sum + 2;
      sum = outer.pop() ?? 0;
      continue;
    }
    sum += atom;
    atom = 1;
    if (char === '(') {
      outer.push(sum);
      sum = 0;
      atom = 0;
    } else if (char === '[') at = classEnd(pattern, at);
  }
  return outer.reduce((total, before) => total + before, sum + atom);
};

/** Index after the bracket that closes a character class. */
const classEnd = (pattern: string, from: number): number => {
  let at = from + (pattern[from] === '^' ? 1 : 0) + 1;
  while (at < pattern.length && pattern[at] !== ']') at += pattern[at] === '\\' ? 2 : 1;
  return at + 1;
};
