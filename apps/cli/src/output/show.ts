import { stringify } from 'yaml';
import type { Answer } from '../arguments/command.ts';
import type { Json, JsonObject } from '../json.ts';
import { type Column, plain, renderTable } from './table.ts';

/** A value as YAML, which people can read. */
export const asYaml = (value: Json): string => stringify(value, { lineWidth: 0 });

const isNothing = (value: Json | undefined): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

/** One object: what is not set is left out. */
export const showObject = (object: JsonObject): Answer => ({
  json: object,
  text: asYaml(Object.fromEntries(Object.entries(object).filter(([, value]) => !isNothing(value)))),
});

export const showList = (rows: readonly JsonObject[], columns: readonly Column[], none?: string): Answer => ({
  json: rows,
  text: renderTable(rows, columns, none),
});

/** A sentence about what was done. */
export const say = (sentence: string, json: Json = {}): Answer => ({ text: `${plain(sentence)}\n`, json });
