import type { GridNode, Member } from '@keygrid/grid';
import type { CollectedSample, Metrics } from '../observability/metrics.ts';
import type { OperationHistograms } from './operation-histograms.ts';

type Labels = Readonly<Record<string, string>>;

export interface TransportMetrics {
  readonly metrics: Metrics;
  readonly grid: GridNode;
  readonly labels: Labels;
  readonly clusterName: string;
  /** Names of the original's transport protocol. */
  readonly protocol: 'tcp' | 'udp';
  /** Shown behind the node's name. */
  readonly version: string;
  readonly histograms: OperationHistograms | undefined;
}

/** The part of a name behind `tcp_` or `udp_` -> figure of the grid. */
const protocolFigures: Readonly<Record<string, string>> = {
  get_num_bytes_received: 'bytesReceived',
  get_num_bytes_sent: 'bytesSent',
  get_num_ucast_bytes_received: 'bytesReceived',
  get_num_ucast_bytes_sent: 'bytesSent',
  get_num_msgs_received: 'framesReceived',
  get_num_msgs_sent: 'framesSent',
  get_num_ucast_msgs_received: 'framesReceived',
  get_num_ucast_msgs_sent: 'framesSent',
  get_open_connections: 'connections',
};

/** JGroups' name of a figure of the grid -> that figure. */
const figureNames: Readonly<Record<string, string>> = {
  fd_sock2_get_actual_bind_port: 'failureDetectionPort',
  merge3_get_num_merge_events: 'rejoins',
  red_get_dropped_messages: 'messagesOverloaded',
  ufc_get_number_of_blockings: 'blockings',
  unicast3_get_num_connections: 'connections',
  unicast3_get_num_messages_received: 'framesReceived',
  unicast3_get_num_messages_sent: 'framesSent',
  unicast3_get_num_unacked_messages: 'pendingWrites',
};

/** A member as log line ISPN000094 writes it. */
function decorated(name: string, version: string, member: Member | undefined): string {
  const { site, rack, machine } = member ?? {};
  const labels = Object.entries({ v: version, s: site, r: rack, m: machine }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${value}`],
  );
  return `${name}(${labels.join(', ')})`;
}

/** The `vendor_jgroups_*` samples of this node and who is in its view; everything is read at the scrape. */
export function registerTransport({ metrics, grid, labels, clusterName, protocol, version, histograms }: TransportMetrics): void {
  const own = grid.view.members.find((member) => member.self);
  const transport = { ...labels, cluster: clusterName, node: decorated(grid.name, version, own) };
  const figures = onceAScrape(() => grid.figures());
  const figure = (name: string): number => figures().get(name) ?? 0;
  const gauge = (name: string, read: () => number): void => metrics.gauge(`vendor_jgroups_${name}`, transport, read);
  for (const [name, source] of Object.entries(figureNames)) gauge(name, () => figure(source));
  for (const [name, source] of Object.entries(protocolFigures)) gauge(`${protocol}_${name}`, () => figure(source));
  gauge('fd_sock2_get_num_suspected_members', () => grid.peers().filter((peer) => peer.suspected).length);
  gauge('red_get_total_messages', () => figure('framesSent') + figure('messagesOverloaded'));
  gauge('red_get_drop_rate', () => ratio(figure('messagesOverloaded'), figure('framesSent') + figure('messagesOverloaded')));
  gauge('ufc_get_average_time_blocked', () => ratio(figure('blockedMs'), figure('blockings')));
  gauge('unicast3_get_num_xmits', () => figure('operationsResent') + figure('writesResent'));
  const ofPeer = (target: string): Labels => ({ ...transport, target_node: target });
  metrics.collect('vendor_jgroups_stats_sync_requests_seconds', () =>
    grid.peers().flatMap(({ name, requests, requestTimeMs }): CollectedSample[] => {
      const peer = ofPeer(name);
      const histogram = histograms?.request(name);
      const buckets = histogram?.bounds.map(
        (le, at): CollectedSample => ({
          labels: { ...peer, le: String(le) },
          part: '_bucket',
          value: histogram.counts()[at] ?? 0,
        }),
      );
      const last: CollectedSample[] =
        histogram === undefined ? [] : [{ labels: { ...peer, le: '+Inf' }, part: '_bucket', value: histogram.count() }];
      return [
        ...(buckets ?? []),
        ...last,
        { labels: peer, part: '_count', value: histogram?.count() ?? requests },
        { labels: peer, part: '_sum', value: histogram?.sum() ?? requestTimeMs / 1_000 },
      ];
    }),
  );
  const counted = (name: string, read: (peer: ReturnType<GridNode['peers']>[number]) => number): void =>
    metrics.collect(`vendor_jgroups_stats_${name}`, () => grid.peers().map((peer) => ({ labels: ofPeer(peer.name), value: read(peer) })));
  counted('async_requests', (peer) => peer.otherMessages);
  counted('bytes_sent', (peer) => peer.bytesSent);
  counted('timed_out_requests', (peer) => peer.timedOut);
  metrics.collect('keygrid_grid_figure', () => [...figures()].map(([name, value]) => ({ labels: { ...labels, figure: name }, value })));
  metrics.collect('keygrid_member_info', () =>
    grid.view.members.map(({ name, address, coordinator, site = '', rack = '', machine = '' }) => ({
      labels: { ...labels, member: name, address, coordinator: String(coordinator), site, rack, machine },
      value: 1,
    })),
  );
}

/** Longer than the readings of one scrape lie apart, shorter than any two scrapes. */
const SAME_SCRAPE_MS = 200;

/** Some figures begin anew when they are read (the longest delay since): all samples of a scrape come from one reading. */
function onceAScrape<T>(read: () => T): () => T {
  let last: { readonly atMs: number; readonly value: T } | undefined;
  return () => {
    const nowMs = performance.now();
    if (last === undefined || nowMs - last.atMs > SAME_SCRAPE_MS) last = { atMs: nowMs, value: read() };
    return last.value;
  };
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
