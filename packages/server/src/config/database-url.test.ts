import { describe, expect, it } from 'vitest';
import { parseDatabaseUrl, sslSettings } from './database-url.ts';

describe('database URLs', () => {
  it.each([
    [
      'jdbc:postgresql://db.example.org/keygrid',
      { hosts: [{ host: 'db.example.org', port: 5432 }], database: 'keygrid', sslMode: 'prefer' },
    ],
    ['jdbc:postgresql://h:6543/d?sslmode=require', { hosts: [{ host: 'h', port: 6543 }], database: 'd', sslMode: 'require' }],
    ['jdbc:postgresql:d', { hosts: [{ host: 'localhost', port: 5432 }], database: 'd' }],
    ['jdbc:postgresql://[::1]:5433/d', { hosts: [{ host: '::1', port: 5433 }] }],
    ['jdbc:postgresql://h/d?user=u&password=p%40ss&currentSchema=kg', { user: 'u', password: 'p@ss', schema: 'kg' }],
    ['jdbc:postgresql://h/d?ssl=true&sslrootcert=/ca.pem', { sslMode: 'verify-full', sslRootCertificateFile: '/ca.pem' }],
    ['postgres://u:p%3Aw@h/d', { user: 'u', password: 'p:w', database: 'd', hosts: [{ host: 'h', port: 5432 }] }],
    ['postgres://u:p@h', { user: 'u', password: 'p', database: 'u' }],
    ['postgresql://h/d?target_session_attrs=read-write', { primaryOnly: true }],
    ['jdbc:postgresql://h/d', { primaryOnly: false }],
    ['jdbc:postgresql:///d', { hosts: [{ host: 'localhost', port: 5432 }], database: 'd' }],
  ])('reads %s', (url, expected) => expect(parseDatabaseUrl(url)).toMatchObject(expected));

  it('reads several hosts, and then wants the one that takes writes', () => {
    const target = parseDatabaseUrl('jdbc:postgresql://h1:5432,h2:5433,h3/d');
    expect(target.hosts).toEqual([
      { host: 'h1', port: 5432 },
      { host: 'h2', port: 5433 },
      { host: 'h3', port: 5432 },
    ]);
    expect(target.primaryOnly).toBe(true);
  });

  it.each([
    ['mysql://h/d', 'Expected jdbc:postgresql://'],
    ['jdbc:mysql://h/d', 'Expected jdbc:postgresql://'],
    ['postgres:d', 'Expected jdbc:postgresql://'],
    ['jdbc:postgresql://h:99999/d', "'h:99999' is not a host"],
    ['jdbc:postgresql://h h/d', "'h h' is not a host"],
    ['jdbc:postgresql://h/d?sslmode=maybe', "sslmode 'maybe' is none of"],
    ['postgres://u:%zz@h/d', 'broken percent escape'],
  ])('refuses %s and names what is wrong', (url, words) => expect(() => parseDatabaseUrl(url)).toThrow(words));

  it.each(['mysql://u:hunter2@h/d', 'postgres://u:hunter2@h:0/d', 'jdbc:postgresql://h:0/d?password=hunter2'])(
    'never repeats the password of %s',
    (url) => {
      expect(() => parseDatabaseUrl(url)).toThrow(/^(?!.*hunter2).*Invalid value for option '--db-url'/);
    },
  );

  it('verifies the name of the server only with verify-full', () => {
    expect(sslSettings(parseDatabaseUrl('jdbc:postgresql://h/d'))).toBe(false);
    expect(sslSettings(parseDatabaseUrl('jdbc:postgresql://h/d?sslmode=require'))).toEqual({ rejectUnauthorized: false });
    expect(sslSettings(parseDatabaseUrl('jdbc:postgresql://h/d?sslmode=verify-full'))).toEqual({ rejectUnauthorized: true });
    expect(sslSettings(parseDatabaseUrl('jdbc:postgresql://h/d?sslmode=verify-ca'))).toMatchObject({ rejectUnauthorized: true });
    expect(() => sslSettings(parseDatabaseUrl('jdbc:postgresql://h/d?sslmode=verify-ca&sslrootcert=/none.pem'))).toThrow('/none.pem');
  });
});
