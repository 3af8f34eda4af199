import { describe, expect, it } from 'vitest';
import { type AppliedContainer, renderAppliedConfiguration } from './applied-configuration.ts';
import { configureCaches } from './cache-configuration.ts';

function applied(mode: 'ispn' | 'local', transport?: AppliedContainer['transport']): string {
  const { caches } = configureCaches({ mode, persistentUserSessions: true });
  return renderAppliedConfiguration({ transport, statistics: true, histograms: false, caches: Object.values(caches) });
}

describe('the applied configuration', () => {
  it('says of every cache how it is kept, bounded and moved', () => {
    const text = applied('ispn', { stack: 'jdbc-ping', cluster: 'ISPN', nodeName: 'n1', site: 'a', machine: 'm<1>"' });
    expect(text).toContain('<transport cluster="ISPN" node-name="n1" site="a" machine="m&lt;1>&quot;" stack="jdbc-ping"/>');
    expect(text).toContain('<local-cache name="keys" statistics="true">\n                <expiration max-idle="3600000"/>');
    expect(text).toContain('<distributed-cache name="authenticationSessions" owners="2" mode="SYNC" statistics="true"/>');
    expect(text).toContain('<replicated-cache name="work" mode="SYNC" statistics="true"/>');
    expect(text).toContain(
      [
        '            <distributed-cache name="sessions" owners="1" mode="SYNC" statistics="true">',
        '                <memory max-count="10000" when-full="REMOVE"/>',
        '                <state-transfer enabled="false"/>',
        '            </distributed-cache>',
      ].join('\n'),
    );
  });

  it('has no transport and only local caches without a cluster', () => {
    const text = applied('local');
    expect(text).not.toMatch(/<transport|<distributed|<replicated/);
    expect(text.match(/<local-cache /g)).toHaveLength(13);
  });
});
