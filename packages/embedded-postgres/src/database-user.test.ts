import { describe, expect, it } from 'vitest';
import { databaseUser } from './database-user.ts';

const passwd = ['root:x:0:0::/root:/bin/sh', 'nobody:x:65534:65534::/:/bin/false', 'postgres:x:101:104::/:/bin/false'].join('\n');

describe('the account of the database', () => {
  it('is that of this process unless it is root', () => {
    expect(databaseUser(passwd, 1000)).toBeUndefined();
  });

  it('is postgres for root where that account exists', () => {
    expect(databaseUser(passwd, 0)).toEqual({ uid: 101, gid: 104 });
  });

  it('is nobody for root where postgres does not exist', () => {
    expect(databaseUser(passwd.split('\n').slice(0, 2).join('\n'), 0)).toEqual({ uid: 65534, gid: 65534 });
  });
});
