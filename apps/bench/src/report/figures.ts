import type { Spread } from '../statistics.ts';

/** Thousands as commas whatever the machine's language; a fixed count of decimals. */
export function figure(value: number, decimals: number): string {
  if (Number.isNaN(value)) return '–';
  const [whole = '', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const sign = value < 0 && Number(value.toFixed(decimals)) !== 0 ? '-' : '';
  return `${sign}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** `median (min … max)`; one round has no extremes. */
export function spreadFigure(spread: Spread | undefined, decimals: number): string {
  if (spread === undefined) return '–';
  const middle = figure(spread.median, decimals);
  if (spread.min === spread.max) return middle;
  return `${middle} (${figure(spread.min, decimals)} … ${figure(spread.max, decimals)})`;
}
