export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const GAP = '   ';

/** Columns as wide as their widest cell; the first to the left, figures to the right. */
export function renderTable({ title, columns, rows }: Table): string {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, i) => (i === 0 ? (cells[i] ?? '').padEnd(width) : (cells[i] ?? '').padStart(width)))
      .join(GAP)
      .trimEnd();
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1)));
  return [title, line(columns), rule, ...rows.map(line)].join('\n');
}
