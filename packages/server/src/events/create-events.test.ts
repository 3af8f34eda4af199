import { describe, expect, it } from 'vitest';
import { createLogger } from '../observability/create-logger.ts';
import { createMetrics } from '../observability/create-metrics.ts';
import { parseLogLevels } from '../observability/log-levels.ts';
import { textEncoder } from '../observability/text-format.ts';
import { createEvents, type EventOptions } from './create-events.ts';

const login = { type: 'LOGIN', realmId: 'r1', realmName: 'demo', clientId: 'app', userId: 'u1', sessionId: 's1', ipAddress: '127.0.0.1' };
const failure = { ...login, type: 'LOGIN_ERROR', userId: undefined, sessionId: undefined, error: 'invalid_user_credentials' };

function recording(levels: string, options: Partial<EventOptions> = {}) {
  const lines: string[] = [];
  const outputs = [{ encode: textEncoder('%p [%c] %s', false, ''), threshold: 7, write: (line: string) => void lines.push(line) }];
  const logger = createLogger('org.keycloak', { thresholds: parseLogLevels(levels), outputs, nowMs: () => 0 });
  const metrics = createMetrics({ enabled: true });
  return { lines, metrics, events: createEvents(logger, metrics, { counted: true, tags: ['realm'], ...options }) };
}

describe('user events', () => {
  it('writes errors at warn, with an unknown user as null and without an unknown session', () => {
    const { lines, events } = recording('info');
    events.emit({ ...failure, details: { auth_method: 'openid-connect' } });
    expect(lines).toEqual([
      'WARN [org.keycloak.events] type="LOGIN_ERROR", realmId="r1", realmName="demo", clientId="app", userId="null", ipAddress="127.0.0.1", error="invalid_user_credentials", auth_method="openid-connect"',
    ]);
  });

  it('writes successes at debug only', () => {
    const quiet = recording('info');
    quiet.events.emit(login);
    expect(quiet.lines).toEqual([]);
    const loud = recording('info,org.keycloak.events:debug');
    loud.events.emit(login);
    expect(loud.lines[0]).toContain(
      'DEBUG [org.keycloak.events] type="LOGIN", realmId="r1", realmName="demo", clientId="app", userId="u1", sessionId="s1"',
    );
  });

  it('lets no value break out of its quotes or its line', () => {
    const { lines, events } = recording('info');
    events.emit({ ...failure, details: { username: 'a", error="none"\nWARN forged' } });
    expect(lines[0]).toContain('username="a\\", error=\\"none\\"\\nWARN forged"');
  });

  it('counts by realm, event and error', async () => {
    const { metrics, events } = recording('off');
    events.emit(login);
    events.emit(failure);
    const text = await metrics.scrape();
    expect(text).toContain('keycloak_user_events_total{realm="demo",event="login",error=""} 1');
    expect(text).toContain('keycloak_user_events_total{realm="demo",event="login",error="invalid_user_credentials"} 1');
  });

  it('counts only what is asked for, with the labels that are asked for', async () => {
    const { metrics, events } = recording('off', { countedEvents: ['logout'], tags: ['realm', 'clientId'] });
    events.emit(login);
    events.emit({ ...login, type: 'LOGOUT' });
    const text = await metrics.scrape();
    expect(text).toContain('keycloak_user_events_total{realm="demo",event="logout",error="",client_id="app"} 1');
    expect(text).not.toContain('event="login"');
  });

  it('counts nothing where that is off', async () => {
    const { metrics, events } = recording('off', { counted: false });
    events.emit(login);
    expect(await metrics.scrape()).not.toContain('keycloak_user_events_total{');
  });
});
