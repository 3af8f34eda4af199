import { expect, it } from 'vitest';
import { needsHttps } from './ssl-required.ts';

it.each([
  ['none', false, '203.0.113.9', false],
  ['external', false, '203.0.113.9', true],
  ['external', true, '203.0.113.9', false],
  ['external', false, '127.0.0.1', false],
  ['external', false, '192.168.3.4', false],
  ['external', false, '172.32.0.1', true],
  ['external', false, '::1', false],
  ['external', false, 'fe80::1', false],
  ['external', false, '2001:db8::1', true],
  ['external', false, 'unknown', true],
  ['all', false, '127.0.0.1', true],
  ['all', true, '203.0.113.9', false],
] as const)('sslRequired %s with https %s from %s: refused is %s', (sslRequired, secure, remoteAddress, refused) => {
  expect(needsHttps({ sslRequired }, { secure, remoteAddress })).toBe(refused);
});
