import { describe, expect, it } from 'vitest';
import { Fields } from '../realm/fields.ts';
import { realmFixture } from '../testing/fixtures.ts';
import { checkProfile } from './user-profile.ts';

const check = (user: object) => () => checkProfile(realmFixture(), new Fields(user, 'user'), true);

describe('the default user profile', () => {
  it.each(['a.b-c_d', 'with+plus@example', 'xxéa'])('takes the user name %s', (username) => {
    expect(check({ username })).not.toThrow();
  });

  it.each(['a b c', "o'neil", 'a,bc', 'a:bc', 'a<bc', 'a`bc', 'a/bc', 'a\\bc', 'a§bc'])('refuses the user name %s', (username) => {
    expect(check({ username })).toThrow(expect.objectContaining({ body: expect.objectContaining({ field: 'username' }) }));
  });

  it.each(["O'Neil, Jr.", 'Anna Maria', 'a:b'])('takes the first name %s', (firstName) => {
    expect(check({ firstName })).not.toThrow();
  });

  it.each(['a<b', 'a$b', 'a=b', 'a;b'])('refuses the last name %s', (lastName) => {
    expect(check({ lastName })).toThrow(expect.objectContaining({ body: expect.objectContaining({ field: 'lastName' }) }));
  });

  it.each(['a@b', 'a.b@mail.example.org'])('takes the address %s', (email) => {
    expect(check({ email })).not.toThrow();
  });

  it.each(['nonsense', 'a@', '@b', 'a@b..c', 'a b@c.org'])('refuses the address %s', (email) => {
    expect(check({ email })).toThrow(expect.objectContaining({ body: expect.objectContaining({ errorMessage: 'error-invalid-email' }) }));
  });
});
