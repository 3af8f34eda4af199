import { randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import type { AnyCacheOptions, DiscoveryOptions, GridHooks, GridLogLine, GridOptions } from '../api.ts';
import { GridError } from '../errors.ts';
import type { Address, Labels } from '../protocol/types.ts';

const maxNameLength = 128;
const maxPortRange = 100;
const maxRotationDays = 36_500;

/** The options with defaults filled in and limits checked. */
export interface ResolvedOptions {
  readonly nodeName: string;
  readonly clusterName: string;
  readonly bindAddress: string;
  readonly bindPort: number;
  readonly bindPortRange: number;
  readonly transport: 'tcp' | 'udp';
  /** Where the members decide by majority: where any of them may be. */
  readonly voters: readonly Address[] | undefined;
  readonly discovery: DiscoveryOptions;
  readonly stackName: string;
  readonly externalAddress: string | undefined;
  readonly externalPort: number | undefined;
  readonly failureDetection: { readonly portOffset: number; readonly portRange: number } | undefined;
  readonly labels: Labels;
  readonly caches: Readonly<Record<string, AnyCacheOptions>>;
  readonly versionLabel: string;
  readonly log: (line: GridLogLine) => void;
  readonly hooks: GridHooks | undefined;
  readonly signal: AbortSignal | undefined;
  readonly fastDeath: boolean;
  readonly startTimeoutMs: number;
  readonly stopTimeoutMs: number;
  readonly rotationIntervalMs: number;
}

function refuse(option: string, value: unknown, allowed: string): never {
  throw new GridError('GRID_BAD_CONFIGURATION', `option ${option} is ${String(value)}, allowed: ${allowed}`);
}

function name(option: string, value: string): string {
  if (value.length === 0 || value.length > maxNameLength || !/^[\x21-\x7e]+$/.test(value))
    refuse(option, JSON.stringify(value.slice(0, maxNameLength)), `1 to ${maxNameLength} printable ASCII characters without spaces`);
  return value;
}

function port(option: string, value: number, least: number): number {
  if (!Number.isInteger(value) || value < least || value > 65_535) refuse(option, value, `${least} to 65535`);
  return value;
}

function portRange(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > maxPortRange) refuse('bindPortRange', value, `0 to ${maxPortRange}`);
  return value;
}

function duration(option: string, value: number): number {
  if (!(value >= 0 && value <= 3_600_000)) refuse(option, value, '0 to 3600000 milliseconds');
  return value;
}

function rotationInterval(tls: GridOptions['tls']): number {
  const days = (tls !== undefined && tls !== 'off' && 'store' in tls ? tls.rotationIntervalDays : undefined) ?? 30;
  if (!(days > 0 && days <= maxRotationDays)) refuse('tls.rotationIntervalDays', days, `more than 0, at most ${maxRotationDays}`);
  return days * 86_400_000;
}

function failureDetection(wanted: GridOptions['failureDetection']): ResolvedOptions['failureDetection'] {
  if (wanted === undefined || wanted === 'off') return undefined;
  const { portOffset, portRange: range = 3 } = wanted;
  return { portOffset: port('failureDetection.portOffset', portOffset, 0), portRange: portRange(range) };
}

const maxVoters = 32;

function votersOf(authority: GridOptions['authority']): readonly Address[] | undefined {
  if (authority?.kind !== 'majority') return undefined;
  const { addresses } = authority;
  if (addresses.length === 0 || addresses.length > maxVoters || new Set(addresses).size !== addresses.length)
    refuse('authority.addresses', JSON.stringify(addresses), `1 to ${maxVoters} different ones`);
  return addresses.map((address) => {
    const [, host, text] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(address) ?? [];
    if (host === undefined || text === undefined) refuse('authority.addresses', address, 'host:port each');
    return { host, port: port('authority.addresses', Number(text), 1) };
  });
}

export function resolveOptions(options: GridOptions): ResolvedOptions {
  const { site, rack, machine } = options.labels ?? {};
  for (const [label, value] of Object.entries({ site, rack, machine })) if (value !== undefined) name(`labels.${label}`, value);
  return {
    nodeName: name('nodeName', options.nodeName ?? `${hostname().slice(0, 100) || 'node'}-${randomInt(100_000)}`),
    clusterName: name('clusterName', options.clusterName ?? 'ISPN'),
    bindAddress: name('bindAddress', options.bindAddress ?? '127.0.0.1'),
    bindPort: port('bindPort', options.bindPort ?? 7_800, 0),
    bindPortRange: portRange(options.bindPortRange ?? 0),
    transport: options.transport ?? 'tcp',
    voters: votersOf(options.authority),
    discovery: options.discovery ?? { kind: 'database' },
    stackName: name(
      'stackName',
      options.stackName ?? { postgres: 'jdbc-ping', majority: 'majority', memory: 'local' }[options.authority?.kind ?? 'memory'],
    ),
    externalAddress: options.externalAddress === undefined ? undefined : name('externalAddress', options.externalAddress),
    externalPort: options.externalPort === undefined ? undefined : port('externalPort', options.externalPort, 1),
    failureDetection: failureDetection(options.failureDetection),
    labels: { site, rack, machine },
    caches: options.caches ?? {},
    versionLabel: name('versionLabel', options.versionLabel ?? '0.1.0'),
    log: options.log ?? (() => {}),
    hooks: options.hooks,
    signal: options.signal,
    fastDeath: options.fastDeath ?? (options.externalAddress === undefined && options.externalPort === undefined),
    startTimeoutMs:
      options.startTimeoutMs === Number.POSITIVE_INFINITY
        ? options.startTimeoutMs
        : duration('startTimeoutMs', options.startTimeoutMs ?? 60_000),
    stopTimeoutMs: duration('stopTimeoutMs', options.stopTimeoutMs ?? 10_000),
    rotationIntervalMs: rotationInterval(options.tls),
  };
}
