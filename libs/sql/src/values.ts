import { SQLSTATE, SqlError } from './errors.ts';
import type { SqlValue } from './sql.ts';

/** Object ids of the built-in types that are read as something else than text (`pg_type.dat` in PostgreSQL's source). */
const OID = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  oid: 26,
  json: 114,
  float4: 700,
  float8: 701,
  timestamptz: 1184,
  jsonb: 3802,
} as const;

/** The ends of what a Date can hold stand for PostgreSQL's infinities. */
const MAX_DATE_MS = 8.64e15;
const TIMESTAMP = /^(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d+))?([+-]\d\d)(?::(\d\d))?( BC)?$/;

const readTimestamp = (text: string): Date => {
  if (text === 'infinity') return new Date(MAX_DATE_MS);
  if (text === '-infinity') return new Date(-MAX_DATE_MS);
  const [whole, year, month, day, hour, minute, second, fraction = '', zoneHours, zoneMinutes = '00', bc] =
    TIMESTAMP.exec(text) ?? [];
  if (whole === undefined) throw new SqlError(SQLSTATE.invalid_datetime_format, 'a timestamp cannot be read');
  const date = new Date(0);
  date.setUTCFullYear(bc ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, '0').slice(0, 3)));
  const sign = zoneHours?.startsWith('-') ? -1 : 1;
  const zoneMs = (Number(zoneHours) * 60 + sign * Number(zoneMinutes)) * 60_000;
  return new Date(date.getTime() - zoneMs);
};

const readBytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.slice('\\x'.length), 'hex'));

const READERS: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [OID.bool, (text) => text === 't'],
  [OID.bytea, readBytes],
  [OID.int8, BigInt],
  [OID.int2, Number],
  [OID.int4, Number],
  [OID.oid, Number],
  [OID.json, JSON.parse],
  [OID.float4, Number],
  [OID.float8, Number],
  [OID.timestamptz, readTimestamp],
  [OID.jsonb, JSON.parse],
]);

const asText = (text: string): string => text;

/** How a column of this type is read from PostgreSQL's text form. Types not in the table stay text. */
export const readerOf = (typeId: number): ((text: string) => unknown) => READERS.get(typeId) ?? asText;

const writeDate = (date: Date): string => {
  if (Number.isNaN(date.getTime()))
    throw new SqlError(SQLSTATE.invalid_datetime_format, 'a parameter is no valid date');
  const year = date.getUTCFullYear();
  const rest = date.toISOString().replace(/^[+-]?\d+/, '');
  return year > 0 ? `${String(year).padStart(4, '0')}${rest}` : `${String(1 - year).padStart(4, '0')}${rest} BC`;
};

/** A parameter in PostgreSQL's text form; the server gives it the type that the statement asks for. */
export const writeValue = (value: SqlValue): string | null => {
  if (value === null) return null;
  if (value instanceof Date) return writeDate(value);
  if (value instanceof Uint8Array) {
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  }
  return String(value);
};
