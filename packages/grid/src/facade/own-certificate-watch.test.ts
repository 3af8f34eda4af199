import { describe, expect, it } from 'vitest';
import type { GridLogLine } from '../api.ts';
import { pemOf } from '../certificates/certificate.ts';
import { createCertificate } from '../certificates/create-certificate.ts';
import { OwnCertificateWatch } from './own-certificate-watch.ts';
import { systemTime, type Time } from './time.ts';

const dayMs = 86_400_000;
const madeMs = Date.now();
const stored = await createCertificate(madeMs, 20 * dayMs);
const own = { key: pemOf('PRIVATE KEY', stored.prvKey), certificate: pemOf('CERTIFICATE', stored.crt), trusted: [] };

function watchAt(daysLater: number, credentials = own) {
  const lines: GridLogLine[] = [];
  let tick = (): void => {};
  let nowMs = madeMs + daysLater * dayMs;
  const time: Time = {
    ...systemTime,
    wallMs: () => nowMs,
    every: (_intervalMs, work) => {
      tick = work;
      return { [Symbol.dispose]: () => {} };
    },
  };
  const watch = new OwnCertificateWatch(credentials, time, (line) => void lines.push(line));
  return {
    watch,
    lines,
    pass: (days: number): void => {
      nowMs += days * dayMs;
      tick();
    },
  };
}

describe('a certificate that nobody rotates', () => {
  it('is warned of each day from thirty days before its end, and after it', () => {
    const { watch, lines, pass } = watchAt(0);
    watch.start();
    expect(lines).toEqual([]);
    expect(Math.round((watch.figures()['certificateExpirySeconds'] ?? 0) / 86_400)).toBe(40);
    pass(9);
    expect(lines).toEqual([]);
    pass(2);
    expect(lines).toEqual([
      { level: 'warn', message: expect.stringMatching(/\(CN=jgroups-[0-9a-f]+\) expires at \d{4}-.*; nobody rotates it/) },
    ]);
    pass(30);
    expect(lines.at(-1)?.message).toContain('expired at');
    expect(watch.figures()['certificateExpirySeconds']).toBeLessThan(0);
    watch.stop();
  });

  it('is warned of at start where the end is near', () => {
    const { watch, lines } = watchAt(15);
    watch.start();
    expect(lines).toHaveLength(1);
  });

  it('is refused where it is over, unreadable, or not that of the key', async () => {
    expect(() => watchAt(41)).toThrow(/GRID_BAD_CONFIGURATION: tls\.certificate \(CN=jgroups-.*\) expired at/);
    expect(() => watchAt(0, { ...own, certificate: 'no certificate' })).toThrow('cannot be read: both are PEM');
    const other = await createCertificate(madeMs, dayMs);
    expect(() => watchAt(0, { ...own, key: pemOf('PRIVATE KEY', other.prvKey) })).toThrow('tls.key is not the key of tls.certificate');
  });
});
