import { describe, expect, it } from 'vitest';
import { deviceNote, deviceOf, readDeviceNote } from './device-note.ts';

describe('a user agent', () => {
  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
      'Linux',
      'Chrome/131.0.0.0',
      false,
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0.1',
      'Windows',
      'Edge/131.0.1',
      false,
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1',
      'iOS',
      'Safari/17.2',
      true,
    ],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0', 'Mac OS X', 'Firefox/133.0', false],
    ['curl/7.88.1', 'Other', 'curl/7.88.1', false],
  ])('%s is told apart', (agent, os, browser, mobile) => {
    expect(deviceOf(agent)).toMatchObject({ os, browser, mobile });
  });

  it('that is absent, or far too long, tells nothing', () => {
    expect(deviceOf(undefined).os).toBe('Other');
    expect(deviceOf('Firefox/1 '.repeat(1_000)).browser).toBe('Other/Unknown');
  });

  it('is read back from the note of a session, which may be broken', () => {
    expect(readDeviceNote(deviceNote('curl/8.1.0')).browser).toBe('curl/8.1.0');
    expect(readDeviceNote({ KC_DEVICE_NOTE: '!!' })).toEqual(readDeviceNote({}));
  });
});
