import type { GridNode, Member, PeerStatistics } from '@keygrid/grid';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../observability/create-metrics.ts';
import { OperationHistograms } from './operation-histograms.ts';
import { registerTransport } from './transport-metrics.ts';

const n1: Member = { id: '1', name: 'n1', address: '10.0.0.1:7800', coordinator: true, self: true, machine: 'm1' };
const n2: Member = { id: '2', name: 'n2', address: '10.0.0.2:7800', coordinator: false, self: false };
const peer: PeerStatistics = { name: 'n2', requests: 4, requestTimeMs: 8, timedOut: 1, otherMessages: 9, bytesSent: 70, suspected: true };

function world(protocol: 'tcp' | 'udp', histograms?: OperationHistograms) {
  const metrics = createMetrics({ enabled: true });
  let readings = 0;
  const state = { peers: [peer], members: [n1, n2] };
  const grid = {
    name: 'n1',
    get view() {
      return { epoch: 3, phase: 'STABLE', members: state.members };
    },
    peers: () => state.peers,
    figures: () => {
      readings += 1;
      return new Map(
        Object.entries({ framesSent: 30, messagesOverloaded: 10, blockings: 2, blockedMs: 6, operationsResent: 3, writesResent: 4 }),
      );
    },
  } as unknown as GridNode;
  const labels = { cache_manager: 'keycloak', node: 'n1' };
  registerTransport({ metrics, grid, labels, clusterName: 'ISPN', protocol, version: '1.2', histograms });
  return { scrape: () => metrics.scrape(), readings: () => readings, state };
}

const own = 'cache_manager="keycloak",cluster="ISPN",node="n1(v=1.2, m=m1)"';

describe('metrics of the transport', () => {
  it('carry the name of the protocol in use', async () => {
    const [tcp, udp] = await Promise.all([world('tcp').scrape(), world('udp').scrape()]);
    expect(tcp).toContain(`vendor_jgroups_tcp_get_num_msgs_sent{${own}} 30\n`);
    expect(tcp).not.toContain('vendor_jgroups_udp_');
    expect(udp).toContain(`vendor_jgroups_udp_get_num_msgs_sent{${own}} 30\n`);
    expect(udp).not.toContain('vendor_jgroups_tcp_');
  });

  it('derive rates and means from what the grid counts, which is read once a scrape', async () => {
    const { scrape, readings } = world('tcp');
    const text = await scrape();
    expect(text).toContain(`vendor_jgroups_red_get_total_messages{${own}} 40\n`);
    expect(text).toContain(`vendor_jgroups_red_get_drop_rate{${own}} 0.25\n`);
    expect(text).toContain(`vendor_jgroups_ufc_get_average_time_blocked{${own}} 3\n`);
    expect(text).toContain(`vendor_jgroups_unicast3_get_num_xmits{${own}} 7\n`);
    expect(text).toContain(`vendor_jgroups_fd_sock2_get_num_suspected_members{${own}} 1\n`);
    expect(readings()).toBe(1);
  });

  it('follow the nodes that are there', async () => {
    const { scrape, state } = world('tcp');
    const text = await scrape();
    expect(text).toContain(`vendor_jgroups_stats_sync_requests_seconds_count{${own},target_node="n2"} 4\n`);
    expect(text).toContain(`vendor_jgroups_stats_sync_requests_seconds_sum{${own},target_node="n2"} 0.008\n`);
    expect(text).toContain(`vendor_jgroups_stats_bytes_sent_total{${own},target_node="n2"} 70\n`);
    expect(text).toMatch(
      /^keygrid_member_info\{.*member="n1",address="10\.0\.0\.1:7800",coordinator="true",site="",rack="",machine="m1"\} 1$/m,
    );
    state.peers = [];
    state.members = [n1];
    expect(await scrape()).not.toContain('"n2"');
  });

  it('have buckets where histograms are on', async () => {
    const histograms = new OperationHistograms();
    const { scrape } = world('tcp', histograms);
    histograms.hooks.answered?.('n2', 3);
    const text = await scrape();
    expect(text).toContain('# TYPE vendor_jgroups_stats_sync_requests_seconds histogram\n');
    expect(text).toContain(`vendor_jgroups_stats_sync_requests_seconds_bucket{${own},target_node="n2",le="0.002"} 0\n`);
    expect(text).toContain(`vendor_jgroups_stats_sync_requests_seconds_bucket{${own},target_node="n2",le="0.005"} 1\n`);
    expect(text).toContain(`vendor_jgroups_stats_sync_requests_seconds_bucket{${own},target_node="n2",le="+Inf"} 1\n`);
  });
});

describe('histograms of operations', () => {
  it('count what the metrics asked for, by cache and end', () => {
    const histograms = new OperationHistograms();
    const hits = histograms.operation('users', 'hit');
    histograms.hooks.counted?.('users', 'hit', 2);
    histograms.hooks.counted?.('users', 'miss', 2);
    histograms.hooks.counted?.('somebody-elses', 'hit', 2);
    expect([hits.count(), hits.sum()]).toEqual([1, 0.002]);
    expect(histograms.operation('users', 'hit')).toBe(hits);
  });

  it('keep a bounded number of nodes', () => {
    const histograms = new OperationHistograms();
    for (let at = 0; at < 300; at += 1) histograms.hooks.answered?.(`n${at}`, 1);
    expect([histograms.request('n0')?.count(), histograms.request('n299')]).toEqual([1, undefined]);
  });
});
