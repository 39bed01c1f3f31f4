import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';

/** What the feedback routes promise, over any database. */
export const feedbackConformance = (platform: () => TestPlatform): void => {
  describe('feedback', () => {
    let tenant: Tenant;
    let key: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      key = await tenant.key('workspace-service', { scopes: ['completions.write'] });
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const stored = (id: string) =>
      platform().deps.db.query('select trace_id, value, weight, metadata, workspace_id from feedback where id = $1', [
        id,
      ]);

    test('is saved by the key that calls models, and kept as it was given', async () => {
      const saved = await call(key, 'POST', '/feedback', {
        trace_id: 't1',
        value: 5,
        weight: 0.5,
        metadata: { _user: 'ada', n: 3 },
      });
      expect(saved).toMatchObject({ status: 200, body: { status: 'success', message: 'Feedback successfully saved' } });
      const [id] = saved.body.feedback_ids;
      expect(saved.body.feedback_id).toBe(id);
      expect(await stored(id)).toEqual([
        { trace_id: 't1', value: 5, weight: 0.5, metadata: { _user: 'ada', n: '3' }, workspace_id: tenant.workspaceId },
      ]);
    });

    test('comes in lists too, also in the disguise that one client sends, and in their order', async () => {
      const many = [1, 2, 3].map((value) => ({ traceId: `m${value}`, value, metadata: '{"from":"text"}' }));
      for (const body of [many, { ...many }]) {
        const { status, body: answer } = await call(key, 'POST', '/feedback', body);
        expect(status).toBe(200);
        const rows = await Promise.all(answer.feedback_ids.map(stored));
        expect(rows.flat().map(({ trace_id, value, metadata }) => ({ trace_id, value, metadata }))).toEqual(
          [1, 2, 3].map((value) => ({ trace_id: `m${value}`, value, metadata: { from: 'text' } })),
        );
      }
    });

    test('an update replaces all but the trace; a weight out of range is 1, long metadata is cut', async () => {
      const [id] = (await call(key, 'POST', '/feedback', { trace_id: 't2', value: -1, metadata: { a: 'b' } })).body
        .feedback_ids;
      const long = 'x'.repeat(200);
      const updated = await call(key, 'PUT', `/feedback/${id}`, { value: 10, weight: 7, metadata: { [long]: long } });
      expect(updated.body).toMatchObject({ message: 'Feedback successfully updated', feedback_ids: [id] });
      const cut = long.slice(0, 128);
      expect(await stored(id)).toMatchObject([{ trace_id: 't2', value: 10, weight: 1, metadata: { [cut]: cut } }]);
    });

    test.each([
      ['nothing', {}, '03'],
      ['an empty list', [], '031'],
      ['no trace', { value: 1 }, '032'],
      ['no value', { trace_id: 't' }, '032'],
      ['a value out of range', { trace_id: 't', value: 10.5 }, '033'],
      ['a value that is none', { trace_id: 't', value: '5' }, '033'],
      [
        'a list with one bad entry',
        [
          { trace_id: 't', value: 1 },
          { trace_id: 't', value: 11 },
        ],
        '033',
      ],
    ])('%s is refused in the words that clients know, and nothing is saved', async (_what, body, code) => {
      const before = await platform().deps.db.query('select count(*) as total from feedback');
      const refused = await call(key, 'POST', '/feedback', body);
      expect(refused).toMatchObject({ status: 400, body: { status: 'failure' } });
      expect(refused.body.message).toMatch(new RegExp(`^Portkey Error: .*Error code: ${code}$`));
      expect(await platform().deps.db.query('select count(*) as total from feedback')).toEqual(before);
    });

    test('that is unknown, or of somebody else, cannot be updated; nor can a list', async () => {
      const [id] = (await call(key, 'POST', '/feedback', { trace_id: 't3', value: 1 })).body.feedback_ids;
      const stranger = await (await platform().tenant()).key();
      for (const [who, which] of [
        [key, 'nothing'],
        [stranger, id],
      ]) {
        const refused = await call(who, 'PUT', `/feedback/${which}`, { value: 2 });
        expect(refused).toMatchObject({
          status: 404,
          body: { message: 'Invalid Feedback Id passed. Nothing to update' },
        });
      }
      expect((await call(key, 'PUT', `/feedback/${id}`, [{ value: 2 }])).body.message).toMatch(/Error code: 031$/);
      expect(await stored(id)).toMatchObject([{ value: 1 }]);
    });
  });
};
