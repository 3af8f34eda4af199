import { describe, expect, it } from 'vitest';
import { defaultLogFormat } from '../config/options/logging.ts';
import { createLogger } from './create-logger.ts';
import { ecsEncoder, jsonEncoder } from './json-format.ts';
import { parseLogLevels, rankOf } from './log-levels.ts';
import type { LogEncoder } from './log-record.ts';
import { textEncoder } from './text-format.ts';

const identity = { hostName: 'h1', processId: 7, serviceName: 'keycloak', serviceEnvironment: undefined };

function recording(encode: LogEncoder, levels = 'info', threshold = rankOf['all'] ?? 7) {
  const lines: string[] = [];
  const logger = createLogger('org.keycloak', {
    thresholds: parseLogLevels(levels),
    outputs: [{ encode, threshold, write: (line) => void lines.push(line) }],
    nowMs: () => new Date(2026, 10, 21, 8, 3, 44, 56).getTime(),
  });
  return { lines, logger };
}

describe('text lines', () => {
  it('look like the console lines of Keycloak', () => {
    const { lines, logger } = recording(textEncoder(defaultLogFormat, false, 'h1'));
    logger.of('org.infinispan.CLUSTER').info('ISPN000094: Received new cluster view');
    logger.warn('slow', { ms: 12, what: 'a b' });
    expect(lines).toEqual([
      '2026-11-21 08:03:44,056 INFO  [org.infinispan.CLUSTER] (main) ISPN000094: Received new cluster view\n',
      '2026-11-21 08:03:44,056 WARN  [org.keycloak] (main) slow ms=12 what="a b"\n',
    ]);
  });

  it('carry the stack of an error', () => {
    const { lines, logger } = recording(textEncoder('%p %s%e%n', false, 'h1'));
    logger.error('failed', { error: new Error('why') });
    expect(lines[0]).toMatch(/^ERROR failed: Error: why\n\s+at /);
  });

  it('follow a pattern with widths, host, process and unknown letters', () => {
    const { lines, logger } = recording(textEncoder('%h|%8p|%d{HH:mm}|%y|%%|%c', false, 'h1'));
    logger.info('x');
    expect(lines[0]).toBe('h1|    INFO|08:03|%y|%|org.keycloak');
  });

  it('colour the level on request only', () => {
    const { lines, logger } = recording(textEncoder('%p', true, 'h1'));
    logger.info('x');
    expect(lines[0]).toBe('\u001b[32mINFO\u001b[39m');
  });
});

describe('JSON lines', () => {
  it('are one object a line with the usual names', () => {
    const { lines, logger } = recording(jsonEncoder(identity));
    logger.info('hello\nworld', { realm: 'demo' });
    expect(lines[0]?.endsWith('}\n')).toBe(true);
    expect(lines[0]?.slice(0, -1)).not.toContain('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      sequence: 1,
      loggerName: 'org.keycloak',
      level: 'INFO',
      message: 'hello\nworld',
      mdc: { realm: 'demo' },
      hostName: 'h1',
    });
  });

  it('follow the Elastic Common Schema on request', () => {
    const { lines, logger } = recording(ecsEncoder(identity));
    logger.error('x', { error: new Error('why') });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      'log.level': 'ERROR',
      'log.logger': 'org.keycloak',
      'service.name': 'keycloak',
      message: 'x',
    });
    expect(lines[0]).toContain('error.stack_trace');
  });
});

describe('which lines are written', () => {
  it('follows the level of the category and of the output', () => {
    const { lines, logger } = recording(textEncoder('%p %c', false, ''), 'warn,org.keycloak.events:trace', rankOf['debug']);
    const events = logger.of('org.keycloak.events');
    logger.info('no');
    events.debug('yes');
    events.trace('no: the output takes debug at most');
    expect(lines).toEqual(['DEBUG org.keycloak.events']);
    expect([logger.isEnabled('info'), events.isEnabled('debug'), events.isEnabled('trace')]).toEqual([false, true, false]);
  });

  it('gives the same logger for the same category', () => {
    const { logger } = recording(textEncoder('%s', false, ''));
    expect(logger.of('a')).toBe(logger.of('a').of('a'));
  });
});

describe('secrets', () => {
  const token = `eyJhbGciOiJSUzI1NiJ9.${'eyJzdWIiOiJ4In0'}.c2lnbmF0dXJl`;

  it.each<[string, Record<string, unknown>]>([
    [`token ${token}`, {}],
    ['postgres://u:hunter2@h/d', {}],
    ['x', { password: 'hunter2' }],
    ['x', { clientSecret: 'hunter2', access_token: 'hunter2', Authorization: 'hunter2' }],
    ['x', { body: { password: 'hunter2', nested: { refresh_token: token } } }],
    ['x', { error: new Error(`postgres://u:hunter2@h/d ${token}`) }],
    ['x', { text: token }],
  ])('do not reach the line: %s %j', (message, fields) => {
    const { lines, logger } = recording(textEncoder('%s%e', false, ''));
    logger.error(message, fields);
    expect(lines[0]).not.toContain('hunter2');
    expect(lines[0]).not.toContain(token);
  });
});
