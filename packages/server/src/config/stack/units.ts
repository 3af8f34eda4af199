import { isIP } from 'node:net';
import { type Kind, string } from '../kinds.ts';
import type { HostAndPort } from './stack-settings.ts';

const TIME_MS: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MAX_HOSTS = 256;

/** Milliseconds, as JGroups writes times: `300ms`, `2s`, `1m`, or a bare number of milliseconds. */
export function time(): Kind<number> {
  return {
    type: 'duration',
    label: 'time',
    read(text) {
      const match = /^(\d{1,12})\s*(ms|s|m|h|d)?$/i.exec(text);
      const factor = TIME_MS[(match?.[2] ?? '').toLowerCase()];
      if (match === null || factor === undefined) return { problem: `Expected a time such as 300ms, 2s or 1m, got "${text}"` };
      return { value: Number(match[1]) * factor };
    },
  };
}

/** `host[port],host[port]` or `host:port,host:port`; a missing port is 7800. */
export function hostList(): Kind<readonly HostAndPort[]> {
  return {
    ...string('hosts'),
    type: 'list',
    read(text) {
      const parts = text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      if (parts.length === 0 || parts.length > MAX_HOSTS)
        return { problem: `Expected 1 to ${MAX_HOSTS} hosts, got "${text.slice(0, 200)}"` };
      const hosts: HostAndPort[] = [];
      for (const part of parts) {
        const match = /^(\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]{1,253})(?:\[(\d{1,5})\]|:(\d{1,5}))?$/.exec(part);
        const port = Number(match?.[2] ?? match?.[3] ?? 7_800);
        if (match === null || port < 1 || port > 65_535) return { problem: `"${part}" is no host with a port, as in n1.example[7800]` };
        hosts.push({ host: (match[1] ?? '').replaceAll(/[[\]]/g, ''), port });
      }
      return { value: hosts };
    },
  };
}

/** `host` or `host:port` of a name server. */
export function nameServer(): Kind<HostAndPort> {
  return {
    ...string('host:port'),
    read(text) {
      if (isIP(text) !== 0) return { value: { host: text, port: 53 } };
      const match = /^(?:\[([0-9A-Fa-f:.%]+)\]|([A-Za-z0-9._-]{1,253}))(?::(\d{1,5}))?$/.exec(text);
      const port = Number(match?.[3] ?? 53);
      if (match === null || port < 1 || port > 65_535) return { problem: `Expected a name server as host:port, got "${text}"` };
      return { value: { host: match[1] ?? match[2] ?? '', port } };
    },
  };
}

/** An address of 224.0.0.0/4 or ff00::/8. */
export function multicastGroup(): Kind<string> {
  return {
    ...string('group'),
    read(text) {
      const first = Number(text.split('.', 1)[0]);
      const isGroup = isIP(text) === 4 ? first >= 224 && first <= 239 : isIP(text) === 6 && /^ff/i.test(text);
      return isGroup ? { value: text } : { problem: `Expected a multicast address (224.0.0.0/4 or ff00::/8), got "${text}"` };
    },
  };
}
