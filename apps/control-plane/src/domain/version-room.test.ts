import { describe, expect, test } from 'vitest';
import { checkRoom } from './version-room.ts';

describe('room for versions', () => {
  test('ends where gateways could not be sent them any more', () => {
    expect(() => checkRoom({ versions: 1_000, bytes: 8_388_608 })).not.toThrow();
    for (const room of [
      { versions: 1_001, bytes: 1 },
      { versions: 1, bytes: 8_388_609 },
    ]) {
      expect(() => checkRoom(room)).toThrow(expect.objectContaining({ type: 'conflict' }));
    }
  });
});
