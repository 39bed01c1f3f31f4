import { expect, test } from 'vitest';
import { behaviourOf, steadyPart } from './behaviour.ts';
import { REHEARSAL_MODELS } from './models.ts';

test.each(REHEARSAL_MODELS)('the listed model $id is in the grammar', ({ id }) => {
  expect(behaviourOf(id).type).toBe('behaviour');
});

test('options combine with commas', () => {
  expect(behaviourOf('rehearsal:status=503,times=2,delay=5')).toEqual({
    type: 'behaviour',
    behaviour: { status: 503, times: 2, delay: 5 },
  });
});

test('retry-after alone means 429, and a named status stays', () => {
  expect(behaviourOf('rehearsal:retry-after=2')).toMatchObject({ behaviour: { status: 429 } });
  expect(behaviourOf('rehearsal:retry-after=2,status=503')).toMatchObject({ behaviour: { status: 503 } });
});

test.each(['gpt-4o', 'rehearsals', ''])('%j is not ours', (model) => {
  expect(behaviourOf(model)).toEqual({ type: 'unknown_model' });
});

test.each(['status=200', 'status=x', 'status', 'delay=-1', 'delay=1e9', 'silent=1', 'nonsense', 'toString', 'cut=1.5'])(
  'a wrong option is named and never ignored: %s',
  (option) => {
    expect(behaviourOf(`rehearsal:${option}`)).toMatchObject({
      type: 'bad_option',
      problem: expect.stringContaining(option.split('=')[0] ?? ''),
    });
  },
);

test('faults go once they have happened often enough, pacing stays', () => {
  expect(steadyPart({ status: 500, times: 1, cut: 1, pace: 3, gzip: 1 })).toEqual({ pace: 3, gzip: 1 });
});
