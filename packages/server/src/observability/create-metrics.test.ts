import { describe, expect, it } from 'vitest';
import { createMetrics } from './create-metrics.ts';
import { MAX_SERIES } from './metric-family.ts';

describe('metrics', () => {
  it('writes OpenMetrics text that ends as such', async () => {
    const metrics = createMetrics({ enabled: true });
    metrics.gauge('vendor_cluster_size', { cache_manager: 'keycloak', node: 'n1' }, () => 3);
    const text = await metrics.scrape();
    expect(text).toContain('# TYPE vendor_cluster_size gauge\nvendor_cluster_size{cache_manager="keycloak",node="n1"} 3\n');
    expect(text.endsWith('# EOF\n')).toBe(true);
  });

  it('adds _total to counters and sums them by label', async () => {
    const metrics = createMetrics({ enabled: true });
    const events = metrics.counter('keycloak_user_events_total');
    events.add(1, { realm: 'demo', event: 'login', error: '' });
    events.add(2, { event: 'login', realm: 'demo', error: '' });
    const text = await metrics.scrape();
    expect(text).toContain('# TYPE keycloak_user_events counter');
    expect(text).toContain('keycloak_user_events_total{realm="demo",event="login",error=""} 3\n');
  });

  it('writes timers as count and sum, and as buckets where histograms are asked for', async () => {
    const labels = { method: 'GET', outcome: 'SUCCESS', status: '200', uri: '/x' };
    const plain = createMetrics({ enabled: true });
    plain.timer('http_server_requests_seconds').observe(0.25, labels);
    plain.timer('http_server_requests_seconds').observe(0.5, labels);
    const text = await plain.scrape();
    expect(text).toContain('# TYPE http_server_requests_seconds summary');
    expect(text).toContain('http_server_requests_seconds_count{method="GET",outcome="SUCCESS",status="200",uri="/x"} 2\n');
    expect(text).toContain('http_server_requests_seconds_sum{method="GET",outcome="SUCCESS",status="200",uri="/x"} 0.75\n');
    const histograms = createMetrics({
      enabled: true,
      histograms: new Map([['http_server_requests_seconds', { standard: false, boundsSeconds: [0.3, 0.1] }]]),
    });
    histograms.timer('http_server_requests_seconds').observe(0.25, labels);
    const buckets = await histograms.scrape();
    expect(buckets).toContain('# TYPE http_server_requests_seconds histogram');
    for (const [le, count] of [
      ['0.1', 0],
      ['0.3', 1],
      ['+Inf', 1],
    ]) {
      expect(buckets).toContain(
        `http_server_requests_seconds_bucket{method="GET",outcome="SUCCESS",status="200",uri="/x",le="${le}"} ${count}\n`,
      );
    }
  });

  it('asks for samples whose labels come and go at each scrape', async () => {
    const metrics = createMetrics({ enabled: true });
    let peers = ['n2', 'n3'];
    metrics.collect('vendor_jgroups_stats_sync_requests_seconds', () =>
      peers.flatMap((target) => [
        { labels: { target_node: target, le: '0.1' }, part: '_bucket' as const, value: 1 },
        { labels: { target_node: target }, part: '_count' as const, value: 2 },
      ]),
    );
    expect(await metrics.scrape()).toContain('vendor_jgroups_stats_sync_requests_seconds_count{target_node="n3"} 2');
    peers = ['n2'];
    const text = await metrics.scrape();
    expect(text).toContain('# TYPE vendor_jgroups_stats_sync_requests_seconds histogram');
    expect(text).not.toContain('n3');
  });

  it('reads summaries at the scrape by the names of their samples', async () => {
    const metrics = createMetrics({ enabled: true });
    const labels = { cache: 'users', cache_manager: 'keycloak', node: 'n1' };
    let hits = 1;
    metrics.gauge('vendor_statistics_hit_times_seconds_count', labels, () => hits);
    metrics.gauge('vendor_statistics_hit_times_seconds_sum', labels, () => 0.5);
    hits = 2;
    const text = await metrics.scrape();
    expect(text).toContain('# TYPE vendor_statistics_hit_times_seconds summary');
    expect(text).toContain('vendor_statistics_hit_times_seconds_count{cache="users",cache_manager="keycloak",node="n1"} 2\n');
    expect(text).toContain('vendor_statistics_hit_times_seconds_sum{cache="users",cache_manager="keycloak",node="n1"} 0.5\n');
  });

  it('leaves a sample out whose reader fails, and keeps the others', async () => {
    const metrics = createMetrics({ enabled: true });
    metrics.gauge('vendor_cluster_size', { node: 'n1' }, () => {
      throw new Error('stopped');
    });
    metrics.gauge('system_cpu_count', {}, () => 2);
    const text = await metrics.scrape();
    expect(text).not.toContain('vendor_cluster_size{');
    expect(text).toContain('system_cpu_count 2\n');
  });

  it('refuses a name that nobody declared', () => {
    const metrics = createMetrics({ enabled: true });
    expect(() => metrics.counter('nonsense')).toThrow('not declared');
    expect(() => metrics.timer('vendor_cluster_size')).toThrow('not declared');
    expect(() => metrics.counter('constructor')).toThrow('not declared');
  });

  it('drops series beyond the limit and counts them', async () => {
    const metrics = createMetrics({ enabled: true });
    const counter = metrics.counter('keycloak_user_events');
    for (let index = 0; index < MAX_SERIES + 5; index += 1) counter.add(1, { realm: `r${index}` });
    expect(await metrics.scrape()).toContain('keygrid_metrics_dropped_series_total{metric="keycloak_user_events"} 5\n');
  });

  it('does nothing where metrics are off', async () => {
    const metrics = createMetrics({ enabled: false });
    metrics.counter('keycloak_user_events_total').add(1, {});
    expect(await metrics.scrape()).toBe('# EOF\n');
  });

  it('escapes label values', async () => {
    const metrics = createMetrics({ enabled: true });
    metrics.counter('keycloak_user_events_total').add(1, { realm: 'a"b\nc' });
    expect(await metrics.scrape()).toContain('realm="a\\"b\\nc"');
  });
});
