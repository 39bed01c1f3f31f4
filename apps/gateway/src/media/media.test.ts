import { UnsupportedValue } from '@portolan/providers';
import { expect, it } from 'vitest';
import { createLimiter } from './limiter.ts';
import { MAX_MEDIA, MAX_MEDIA_CHARS, mediaOfCall } from './media-of-call.ts';

const gate = () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

it('no more run at once than may, the others follow in order, and one too many is not taken', async () => {
  const limiter = createLimiter(2, 2);
  const { open, opened } = gate();
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const task = (id: number) => async () => {
    running += 1;
    most = Math.max(most, running);
    order.push(id);
    await opened;
    running -= 1;
  };
  const taken = [1, 2, 3, 4].map((id) => limiter.run(task(id)));
  expect(limiter.run(task(5))).toBeUndefined();
  open();
  await Promise.all(taken);
  expect(order).toEqual([1, 2, 3, 4]);
  expect(most).toBe(2);
});

it('a task that fails gives its place back', async () => {
  const limiter = createLimiter(1, 0);
  await expect(limiter.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await limiter.run(() => Promise.resolve('yes'))).toBe('yes');
});

it('the media of one call are bounded in number', async () => {
  const { open, opened } = gate();
  const fetchMedia = mediaOfCall(async () => {
    await opened;
    return { mimeType: 'image/png', base64: 'AA==' };
  });
  const all = Array.from({ length: MAX_MEDIA }, (_none, at) => fetchMedia(`https://a.example/${at}`, `m[${at}]`));
  const settled = Promise.allSettled(all);
  await expect(fetchMedia('https://a.example/more', 'm[100]')).rejects.toThrow(UnsupportedValue);
  open();
  await settled;
});

it('and in size together; what still waits then is not fetched', async () => {
  let fetched = 0;
  const base64 = 'A'.repeat(MAX_MEDIA_CHARS / 4);
  const fetchMedia = mediaOfCall(async () => {
    fetched += 1;
    return { mimeType: 'image/png', base64 };
  });
  const all = await Promise.allSettled(
    Array.from({ length: 40 }, (_none, at) => fetchMedia(`https://a.example/${at}`, `m[${at}]`)),
  );
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
  expect(all.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'media_download_failed' } });
  expect(fetched).toBeLessThan(12);
});
