import { expect, test } from 'vitest';
import { renderTable } from './table.ts';

const columns = [
  { title: 'name', from: 'name' },
  { title: 'state', from: 'state' },
];

test('columns are as wide as what is in them, and nothing trails', () => {
  const rows = [
    { name: 'a', state: 'active' },
    { name: 'longer', state: null },
  ];
  expect(renderTable(rows, columns)).toBe('NAME    STATE\na       active\nlonger  -\n');
});

test('an empty table says so', () => {
  expect(renderTable([], columns)).toBe('Nothing yet.\n');
});

test('a name can neither break the table nor command the terminal', () => {
  const text = renderTable([{ name: 'a\n\u001b[31mb\u202e', state: 'x'.repeat(99) }], columns);
  expect(text.split('\n')).toHaveLength(3);
  expect(text).not.toMatch(/\p{Cc}(?<!\n)|\p{Cf}/u);
  expect(text).toContain('…');
});
