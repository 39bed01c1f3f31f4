import type { Command } from '../arguments/command.ts';
import { EXIT, Refused } from '../failure.ts';
import type { Query } from '../http/api.ts';
import { isArray, isObject, textOf } from '../json.ts';
import { say, showList } from '../output/show.ts';

const DAY_MS = 86_400_000;
const DAYS_WHEN_ABSENT = 7;
const RECORDS_MAX = 100;
const PARTS_MAX = 100_000;

const list: Command = {
  words: ['audit', 'list'],
  text: 'Lists what was changed and by whom, the newest first.',
  flags: [
    { name: 'since', value: 'TIME', text: `From when on; without it the last ${DAYS_WHEN_ABSENT} days.` },
    { name: 'until', value: 'TIME', text: 'Until when; without it now.' },
    { name: 'resource', value: 'TYPE', text: 'configs, prompts, api_keys …' },
    { name: 'action', value: 'ACTION', text: 'create, update, delete, publish, rotate …' },
    { name: 'limit', value: 'N', text: `At most so many, up to ${RECORDS_MAX} (50).` },
  ],
  async run({ api, io, inWorkspace }, given) {
    const limit = Number(given.text('limit') ?? '50');
    if (!Number.isInteger(limit) || limit < 1 || limit > RECORDS_MAX) {
      throw new Refused(`--limit must be a whole number from 1 to ${RECORDS_MAX}.`);
    }
    const self = await api().get('/api-keys/self');
    const query: Query = {
      organisation_id: textOf(self, 'organisation_id'),
      start_time: given.text('since') ?? new Date(io.nowMs() - DAYS_WHEN_ABSENT * DAY_MS).toISOString(),
      end_time: given.text('until') ?? new Date(io.nowMs()).toISOString(),
      resource_type: given.text('resource'),
      action: given.text('action'),
      page_size: String(limit),
      ...inWorkspace(),
    };
    const { records } = await api().get('/audit-logs', query);
    return showList(isArray(records) ? records.filter(isObject) : [], [
      { title: 'time', from: 'timestamp' },
      { title: 'by', from: (row) => `${textOf(row, 'user_type')} ${textOf(row, 'user_id')}` },
      { title: 'action', from: 'action' },
      { title: 'what', from: 'resource_type' },
      { title: 'status', from: 'response_status_code' },
      { title: 'request', from: 'uri' },
    ]);
  },
};

const verify: Command = {
  words: ['audit', 'verify'],
  text: 'Checks that no row of the audit log was changed or taken out. Exit code 1 when one was.',
  async run({ api }) {
    let checked = 0;
    let after: string | undefined;
    for (let part = 0; part < PARTS_MAX; part += 1) {
      const found = await api().get('/audit-logs/verify', { after_sequence: after });
      checked += Number(found.checked);
      if (found.intact !== true) {
        const sequence = textOf(found, 'first_broken_sequence');
        const answer = say(`The audit log is broken at row ${sequence}.`, {
          intact: false,
          checked,
          first_broken_sequence: sequence,
        });
        return { ...answer, exitCode: EXIT.changes };
      }
      if (found.has_more !== true) break;
      after = textOf(found, 'last_sequence');
    }
    return say(`The audit log is whole: ${checked} rows.`, { intact: true, checked });
  },
};

export const auditCommands: readonly Command[] = [list, verify];
