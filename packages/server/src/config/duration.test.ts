import { describe, expect, it } from 'vitest';
import { parseDurationMs } from './duration.ts';

describe('durations', () => {
  it.each([
    ['10', 10_000],
    ['10s', 10_000],
    ['500ms', 500],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['2d', 172_800_000],
    ['PT10S', 10_000],
    ['PT0.5S', 500],
    ['PT1H30M', 5_400_000],
    ['P1DT1S', 86_401_000],
    ['-1', -1_000],
  ])('reads %s as %d ms', (text, ms) => expect(parseDurationMs(text)).toBe(ms));

  it.each(['', 'abc', '10 s', '1w', 'P', 'PT', '1.5s', '10s5'])('does not read %j', (text) =>
    expect(parseDurationMs(text)).toBeUndefined(),
  );
});
