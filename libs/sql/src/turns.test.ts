import { expect, test } from 'vitest';
import { isUnavailable } from './errors.ts';
import { createTurns } from './turns.ts';

const later = <T>() => {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
};

const unavailable = expect.toSatisfy(isUnavailable);

test('callers are let in one at a time in the order they came, whatever becomes of the others', async () => {
  const inTurn = createTurns({ maxWaiting: 10, waitTimeoutMs: 60_000 });
  const events: string[] = [];
  const call = (name: string, fails = false) =>
    inTurn(async () => {
      events.push(`${name} in`);
      await Promise.resolve();
      events.push(`${name} out`);
      if (fails) throw new Error(name);
    });
  await Promise.allSettled([call('a'), call('b', true), call('c')]);
  expect(events).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
});

test('who would have to wait behind too many is refused at once', async () => {
  const inTurn = createTurns({ maxWaiting: 1, waitTimeoutMs: 60_000 });
  const first = later<string>();
  const running = inTurn(() => first.promise);
  const waiting = inTurn(() => Promise.resolve('second'));
  await expect(inTurn(() => Promise.resolve('third'))).rejects.toEqual(unavailable);
  first.settle('first');
  expect(await Promise.all([running, waiting])).toEqual(['first', 'second']);
});

test('who waits too long is refused and does not run later', async () => {
  const inTurn = createTurns({ maxWaiting: 10, waitTimeoutMs: 5 });
  const first = later<string>();
  const running = inTurn(() => first.promise);
  let ran = false;
  const late = inTurn(() => {
    ran = true;
    return Promise.resolve();
  });
  await expect(late).rejects.toEqual(unavailable);
  first.settle('first');
  await running;
  expect(await inTurn(() => Promise.resolve('next'))).toBe('next');
  expect(ran).toBe(false);
});
