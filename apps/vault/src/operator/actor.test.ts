import { expect, test } from 'vitest';
import { actorOf } from './actor.ts';

test.each([
  ['ada', 1000, 'user:ada'],
  ['Ada Lovelace', 1000, 'user:Ada_Lovelace'],
  ['jürgen', 1000, 'user:j_rgen'],
  [undefined, 65532, 'user:uid-65532'],
  [undefined, undefined, 'user:uid-unknown'],
  ['a'.repeat(300), 1, `user:${'a'.repeat(200)}`],
])('the user %s with the number %s is written down as one that the audit takes', (name, id, actor) => {
  expect(actorOf(name, id)).toBe(actor);
  expect(actor).toMatch(/^user:[\x21-\x7e]{1,200}$/);
});
