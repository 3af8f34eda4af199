import { describe, expect, it } from 'vitest';
import { parseLogLevels, rankOf } from './log-levels.ts';

const level = (text: string, category: string, single: [string, string][] = []) =>
  Object.entries(rankOf).find(([, rank]) => rank === parseLogLevels(text, new Map(single)).of(category))?.[0];

describe('log levels', () => {
  it.each([
    ['info', 'org.keycloak', 'info'],
    ['warn,org.keycloak.events:debug', 'org.keycloak.events', 'debug'],
    ['warn,org.keycloak.events:debug', 'org.keycloak.events.user', 'debug'],
    ['warn,org.keycloak.events:debug', 'org.keycloak.eventsource', 'warn'],
    ['org.keycloak:trace', 'org.infinispan', 'info'],
    ['INFO,org.keycloak:OFF', 'org.keycloak.x', 'off'],
    ['info,a:debug,a.b:error', 'a.b.c', 'error'],
  ])('%s gives %s the level %s', (text, category, expected) => expect(level(text, category)).toBe(expected));

  it('lets a single category win, whatever its case', () => {
    expect(level('info,org.infinispan.CLUSTER:error', 'org.infinispan.CLUSTER', [['org.infinispan.cluster', 'trace']])).toBe('trace');
  });

  it.each(['blah', 'foo:bar', ':debug', 'info,', 'a:'])('refuses %j', (text) => {
    expect(() => parseLogLevels(text)).toThrow("The format is 'category:level' such as 'org.keycloak:debug'.");
  });
});
