import type { GridLogLine } from './api.ts';

/** A log line that operators search for by its id. */
export interface LogCode {
  readonly level: GridLogLine['level'];
  /** Logger category under which Infinispan and JGroups write it, for `log-level-<category>`. */
  readonly category: string;
  /** When it is written and what stands in it. */
  readonly meaning: string;
}

const cluster = 'org.infinispan.CLUSTER';
const lifecycle = 'org.infinispan.LIFECYCLE';
const transport = 'org.jgroups.protocols.TCP';

/** Every log id of the grid; docs/reference/logs.md is made from this table. A phase of a rebalance holds for all caches at once. */
export const gridLogCodes = {
  ISPN000078: { level: 'info', category: cluster, meaning: 'The member begins to join; names the cluster and the stack.' },
  ISPN000079: { level: 'info', category: cluster, meaning: 'The transport listens; names the member and the address that others dial.' },
  ISPN000080: { level: 'info', category: cluster, meaning: 'The member begins to leave.' },
  ISPN000094: {
    level: 'info',
    category: cluster,
    meaning:
      'Members came or went: the coordinator and the epoch, the number of members, and each with version (v), site (s), rack (r) and machine (m).',
  },
  ISPN000313: { level: 'warn', category: cluster, meaning: 'The last copies of some segments died with their owners.' },
  ISPN100000: { level: 'info', category: cluster, meaning: 'A member joined.' },
  ISPN100001: { level: 'info', category: cluster, meaning: 'A member left or died.' },
  ISPN100002: {
    level: 'info',
    category: lifecycle,
    meaning: 'Entries begin to move to new owners: READ_OLD_WRITE_ALL copies them, READ_NEW_WRITE_ALL serves from the new ones.',
  },
  ISPN100010: { level: 'info', category: lifecycle, meaning: 'Every segment is served by its new owners alone.' },
  JGRP000006: {
    level: 'warn',
    category: transport,
    meaning: 'A connection was rejected: no or a foreign certificate, another TLS version, no hello in time. At most five a minute.',
  },
  JGRP000010: { level: 'warn', category: transport, meaning: 'A member speaks another version of the protocol and refuses this one.' },
  JGRP000012: {
    level: 'warn',
    category: transport,
    meaning: 'A member of another cluster answers at the address of a member of this one.',
  },
} as const satisfies Readonly<Record<string, LogCode>>;

export type GridLogCode = keyof typeof gridLogCodes;

/** A line of that id, with the level of its declaration. */
export function coded(code: GridLogCode, text: string): GridLogLine {
  return { level: gridLogCodes[code].level, code, message: `${code}: ${text}` };
}
