import { QUIET_SHARE } from '../process/quiet.ts';
import type { Kind } from '../samples.ts';
import type { SubjectId } from '../subjects/subject.ts';
import type { LoadRow, Summary } from '../summary.ts';
import { figure, spreadFigure } from './figures.ts';
import { type Goal, goals, isMet } from './goals.ts';
import { renderTable } from './table.ts';

export type Titles = Readonly<Partial<Record<SubjectId, string>>>;

const MEGABYTE = 1_000_000;

/** Everything that is printed after a run. */
export function report(summary: Summary, titles: Titles): string {
  const title = (id: SubjectId): string => titles[id] ?? id;
  return [
    ...loadTables(summary.loads, title),
    ...streamTables(summary, title),
    processTable(summary, title),
    goalLines(goals(summary)),
    ...warnings(summary.loads, title),
  ].join('\n\n');
}

type Title = (id: SubjectId) => string;

function loadTables(loads: readonly LoadRow[], title: Title): string[] {
  return groups(loads, (row) => `${row.kind} ${row.concurrency}`).map((rows) =>
    renderTable({
      title: heading(rows[0]?.kind ?? 'plain', rows[0]?.concurrency ?? 0),
      columns: ['', 'requests/s', 'p50 ms', 'added p50 ms', 'added p99 ms', 'CPU µs/request'],
      rows: inOrder(rows).map((row) => [
        title(row.subject),
        spreadFigure(row.requestsPerSecond, 0),
        spreadFigure(row.p50Ms, 2),
        row.subject === 'direct' ? '–' : spreadFigure(row.addedP50Ms, 2),
        row.subject === 'direct' ? '–' : spreadFigure(row.addedP99Ms, 2),
        spreadFigure(row.cpuUsPerRequest, 0),
      ]),
    }),
  );
}

const heading = (kind: Kind, concurrency: number): string =>
  `${kind === 'plain' ? 'Plain answers' : 'Streams of 20 chunks'}, ${concurrency} at once, as fast as they are answered`;

function streamTables({ streams }: Summary, title: Title): string[] {
  return groups(streams, (row) => String(row.concurrency)).map((rows) =>
    renderTable({
      title: `Time to first token, ${rows[0]?.concurrency} at once`,
      columns: ['', 'first token ms', 'added ms', 'added to the last token ms'],
      rows: inOrder(rows).map((row) => [
        title(row.subject),
        spreadFigure(row.firstTokenMs, 2),
        row.subject === 'direct' ? '–' : spreadFigure(row.addedFirstTokenMs, 2),
        row.subject === 'direct' ? '–' : spreadFigure(row.addedLastTokenMs, 2),
      ]),
    }),
  );
}

function processTable({ processes }: Summary, title: Title): string {
  return renderTable({
    title: 'The process',
    columns: ['', 'start to first answer ms', 'peak memory MB'],
    rows: inOrder(processes).map((row) => [
      title(row.subject),
      spreadFigure(row.coldStartMs, 0),
      spreadFigure(
        {
          median: row.peakMemoryBytes.median / MEGABYTE,
          min: row.peakMemoryBytes.min / MEGABYTE,
          max: row.peakMemoryBytes.max / MEGABYTE,
        },
        0,
      ),
    ]),
  });
}

export const goalLines = (judged: readonly Goal[]): string =>
  ['Goals', ...judged.map((goal) => `  ${isMet(goal) ? 'met   ' : 'MISSED'}  ${goalText(goal)}`)].join('\n');

function goalText(goal: Goal): string {
  const { promise, measured, bound, direction, unit } = goal;
  const decimals = unit === 'MB' ? 0 : unit === 'x' && bound >= 1 ? 1 : 3;
  const text = `${promise}: ${figure(measured, decimals)} ${unit} (${direction} ${figure(bound, decimals)} ${unit})`;
  if (isMet(goal)) return text;
  return `${text}, off by ${figure(Math.abs(measured / bound - 1) * 100, 0)} %`;
}

/** What makes a figure doubtful is said below the figures, not in a file nobody opens. */
function warnings(loads: readonly LoadRow[], title: Title): string[] {
  const place = (row: LoadRow): string => `${title(row.subject)}, ${row.kind}, ${row.concurrency} at once`;
  const failed = loads
    .filter((row) => row.failures > 0)
    .map((row) => `  ${place(row)}: ${row.failures} failed answers`);
  const noisy = loads
    .filter((row) => row.worstForeignCpuShare > QUIET_SHARE)
    .map(
      (row) => `  ${place(row)}: other processes used ${figure(row.worstForeignCpuShare * 100, 0)} % of the machine`,
    );
  const lines = [...failed, ...noisy];
  return lines.length === 0 ? [] : [['Doubtful', ...lines].join('\n')];
}

const ORDER: readonly SubjectId[] = ['direct', 'bare', 'everything', 'peer'];
const inOrder = <T extends { readonly subject: SubjectId }>(rows: readonly T[]): T[] =>
  [...rows].sort((a, b) => ORDER.indexOf(a.subject) - ORDER.indexOf(b.subject));

function groups<T>(rows: readonly T[], key: (row: T) => string): T[][] {
  const keys = [...new Set(rows.map(key))];
  return keys.map((wanted) => rows.filter((row) => key(row) === wanted));
}
