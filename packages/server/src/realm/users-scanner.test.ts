import { describe, expect, it } from 'vitest';
import { ScanError, type ScannedUser, UsersScanner } from './users-scanner.ts';

/** What comes out of a text that arrives in pieces of a length. */
function scan(text: string, length: number) {
  const users: ScannedUser[] = [];
  const scanner = new UsersScanner((user) => users.push(user));
  for (let at = 0; at < text.length; at += length) scanner.push(text.slice(at, at + length));
  return { users, rest: scanner.end() };
}

const file = `{
  "realm": "a \\"users\\": [{}]",
  "roles": { "users": [{ "no": 1 }] },
  "users": [
    { "username": "x{]}\\"",
      "attributes": { "users": ["[", "}"] } } ,
    {"username": "y"}
  ],
  "last": [1, 2]
}
`;

describe('the scan of a realm file', () => {
  it.each([1, 2, 7, 64, 10_000])('takes the users out, in pieces of %d characters', (length) => {
    const { users, rest } = scan(file, length);
    expect(users.map(({ text }) => JSON.parse(text).username)).toEqual(['x{]}"', 'y']);
    expect(users.map(({ line }) => line)).toEqual([5, 7]);
    expect(JSON.parse(rest)).toEqual({ realm: 'a "users": [{}]', roles: { users: [{ no: 1 }] }, users: [], last: [1, 2] });
    expect(rest.split('\n')).toHaveLength(file.split('\n').length);
  });

  it.each([
    ['{"users": [{}\n{}]}', 2, 'a comma is missing between two users'],
    ['{"users": [{},\n\n]}', 3, 'a user is missing after a comma'],
    ['{"users": [\n1]}', 2, 'the list of users holds something else than users'],
    ['{"users": [\n{"a": 1}', 2, 'the file ends in the middle'],
    ['{"users": [], "b": "', 1, 'the file ends in the middle'],
  ])('refuses %j', (text, line, reason) => {
    const fault = (() => {
      try {
        return scan(text, 3);
      } catch (error) {
        return error;
      }
    })();
    expect(fault).toBeInstanceOf(ScanError);
    expect([(fault as ScanError).line, (fault as ScanError).message]).toEqual([line, reason]);
  });

  it('leaves a list of realms as it is', () => {
    const list = '[{"realm": "a", "users": [{"username": "x"}]}]';
    expect(scan(list, 5)).toEqual({ users: [], rest: list });
  });
});
