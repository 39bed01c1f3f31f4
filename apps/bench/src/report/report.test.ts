import { describe, expect, it } from 'vitest';
import { figure, spreadFigure } from './figures.ts';
import { renderTable } from './table.ts';

describe('figures', () => {
  it.each([
    [39_408.5, 0, '39,409'],
    [999, 0, '999'],
    [1_234_567, 0, '1,234,567'],
    [0.2334, 2, '0.23'],
    [-0.001, 2, '0.00'],
    [-1_500.5, 1, '-1,500.5'],
    [Number.NaN, 1, '–'],
  ])('prints %d with %d decimals as %s', (value, decimals, text) => {
    expect(figure(value, decimals)).toBe(text);
  });

  it('shows extremes only when rounds differ', () => {
    expect(spreadFigure({ median: 2, min: 1, max: 3 }, 1)).toBe('2.0 (1.0 … 3.0)');
    expect(spreadFigure({ median: 2, min: 2, max: 2 }, 1)).toBe('2.0');
    expect(spreadFigure(undefined, 1)).toBe('–');
  });
});

describe('renderTable', () => {
  it('puts names to the left and figures to the right', () => {
    expect(
      renderTable({
        title: 'T',
        columns: ['', 'x/s'],
        rows: [
          ['direct', '1'],
          ['a', '10,000'],
        ],
      }),
    ).toBe(['T', '            x/s', '───────────────', 'direct        1', 'a        10,000'].join('\n'));
  });
});
