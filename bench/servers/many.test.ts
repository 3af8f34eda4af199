import { expect, test } from 'vitest';
import { benchUser } from '../drivers/login-walk.ts';
import { copiesOfUser } from './many.ts';

test.each([1, 99, 100, 101, 257, 1_000])('of %i users each is made or copied once, under the name that it logs in with', (users) => {
  const there = Array.from({ length: Math.min(users, 100) }, (_, made) => [
    `user${made}`,
    ...Array.from({ length: copiesOfUser(made, users) }, (_, copy) => `user${made}-${copy + 1}`),
  ]).flat();
  expect(there.toSorted()).toEqual(Array.from({ length: users }, (_, user) => benchUser(user).username).toSorted());
});

test('a copy has the password of what it is copied from', () => {
  expect(benchUser(207)).toEqual({ username: 'user7-2', password: benchUser(7).password });
});
