import { WatchSnapshotResponse } from '@portolan/proto';
import { createLogger, PlatformError } from '@portolan/service-kit';
import { describe, expect, it } from 'vitest';
import { createSnapshotBook } from './book.ts';
import { createCatchUp } from './catch-up.ts';

/** A catch-up whose questions are answered when the test says so. */
const world = () => {
  const book = createSnapshotBook(createLogger('test', 'silent'));
  const questions: { answer(revision: number): void; fail(): void }[] = [];
  let nowMs = 1_000;
  const catchUp = createCatchUp(
    book,
    () =>
      new Promise((resolve, reject) => {
        questions.push({ answer: resolve, fail: () => reject(new Error('gone')) });
      }),
    () => nowMs,
  );
  const arrive = (revision: number) =>
    book.receive(WatchSnapshotResponse.create({ revision, isFull: true, isLastPart: true }));
  arrive(1);
  return {
    book,
    catchUp,
    questions,
    arrive,
    later: (ms: number) => {
      nowMs += ms;
    },
  };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('catching up', () => {
  it('waits until what was committed when it asked is here', async () => {
    const { catchUp, book, questions, arrive } = world();
    const caught = catchUp.after('x', book.view());
    let isOver = false;
    void caught.then(() => {
      isOver = true;
    });
    questions[0]?.answer(3);
    await turn();
    arrive(2);
    await turn();
    expect(isOver).toBe(false);
    arrive(3);
    expect(await caught).toBe(true);
  });

  it('there is nothing new to see when nothing was committed', async () => {
    const { catchUp, book, questions } = world();
    const caught = catchUp.after('x', book.view());
    questions[0]?.answer(1);
    expect(await caught).toBe(false);
  });

  it('who comes while a question is under way shares the next one: the answer to this one may be older', async () => {
    const { catchUp, book, questions } = world();
    const waiting = ['a', 'b', 'c', 'd'].map((missed) => catchUp.after(missed, book.view()));
    expect(questions).toHaveLength(1);
    questions[0]?.answer(1);
    await waiting[0];
    await turn();
    expect(questions).toHaveLength(2);
    questions[1]?.answer(1);
    expect(await Promise.all(waiting)).toEqual([false, false, false, false]);
    expect(questions).toHaveLength(2);
  });

  it('the same is not asked for again within five seconds', async () => {
    const { catchUp, book, questions, later } = world();
    const first = catchUp.after('x', book.view());
    questions[0]?.answer(1);
    await first;
    later(4_999);
    expect(await catchUp.after('x', book.view())).toBe(false);
    expect(questions).toHaveLength(1);
    later(2);
    const again = catchUp.after('x', book.view());
    expect(questions).toHaveLength(2);
    questions[1]?.answer(1);
    await again;
  });

  it('who cannot ask says so, and remembers nothing of it', async () => {
    const { catchUp, book, questions } = world();
    const first = catchUp.after('x', book.view());
    questions[0]?.fail();
    await expect(first).rejects.toThrow(PlatformError);
    const again = catchUp.after('x', book.view());
    await turn();
    questions[1]?.answer(1);
    expect(await again).toBe(false);
  });
});
