import { type JsonObject, textOf } from '../json.ts';

const CELL_MAX = 60;

export interface Column {
  readonly title: string;
  /** A field of the row, or what is made of it. */
  readonly from: string | ((row: JsonObject) => string);
}

const CONTROL = /[\p{Cc}\p{Cf}]/gu;

/** One line, and nothing that a terminal would obey: names come from other people. */
export const plain = (text: string): string => text.replace(CONTROL, ' ');

const short = (text: string): string => (text.length > CELL_MAX ? `${text.slice(0, CELL_MAX - 1)}…` : text);

const pad = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, at) => cell.padEnd(widths[at] ?? 0))
    .join('  ')
    .trimEnd();

/** Rows under their titles, aligned. @param none  what to say when there are none */
export const renderTable = (rows: readonly JsonObject[], columns: readonly Column[], none = 'Nothing yet.'): string => {
  if (rows.length === 0) return `${none}\n`;
  const cells = rows.map((row) =>
    columns.map(({ from }) => short(plain(typeof from === 'string' ? textOf(row, from) : from(row))) || '-'),
  );
  const titles = columns.map(({ title }) => title.toUpperCase());
  const widths = titles.map((title, at) => Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)));
  return [titles, ...cells].map((row) => `${pad(row, widths)}\n`).join('');
};
