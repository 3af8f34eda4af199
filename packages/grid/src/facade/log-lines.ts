import type { GridLogLine } from '../api.ts';
import { coded } from '../log-codes.ts';
import { coordinatorOf } from '../membership/rebalance.ts';
import type { Address, Labels, Phase, ViewBody } from '../protocol/types.ts';
import { notYet, otherCluster, otherVersion } from '../transport/hello.ts';

/** The lines that operators of such clusters know and search for. */
export interface LogLines {
  starting(stack: string): GridLogLine;
  address(name: string, address: Address): GridLogLine;
  /** What a view says that the one before did not. */
  view(view: ViewBody, before: ViewBody | undefined): GridLogLine[];
  lost(segments: number): GridLogLine;
  refused(peer: number, reason: string): GridLogLine;
  disconnecting(): GridLogLine;
}

function withLabels(name: string, version: string, labels: Labels): string {
  const parts = [`v=${version}`];
  if (labels.site !== undefined) parts.push(`s=${labels.site}`);
  if (labels.rack !== undefined) parts.push(`r=${labels.rack}`);
  if (labels.machine !== undefined) parts.push(`m=${labels.machine}`);
  return `${name}(${parts.join(', ')})`;
}

/** Infinispan's words for the phases in which entries move. */
const movingPhases: Readonly<Record<Exclude<Phase, 'STABLE'>, string>> = { COPY: 'READ_OLD_WRITE_ALL', SWITCH: 'READ_NEW_WRITE_ALL' };

function memberLines(view: ViewBody, before: ViewBody | undefined): GridLogLine[] {
  if (before === undefined) return [];
  const now = new Set(view.members.map((member) => member.id));
  const then = new Set(before.members.map((member) => member.id));
  return [
    ...view.members.filter(({ id }) => !then.has(id)).map(({ name }) => coded('ISPN100000', `Node ${name} joined the cluster`)),
    ...before.members.filter(({ id }) => !now.has(id)).map(({ name }) => coded('ISPN100001', `Node ${name} left the cluster`)),
  ];
}

function phaseLines(view: ViewBody, before: ViewBody | undefined): GridLogLine[] {
  const was = before?.phase ?? 'STABLE';
  const members = `[${view.members.map(({ name }) => name).join(', ')}]`;
  if (view.phase === 'STABLE')
    return was === 'STABLE' ? [] : [coded('ISPN100010', `Finished rebalance with members ${members}, topology id ${view.epoch}`)];
  if (was === view.phase) return [];
  return [coded('ISPN100002', `Starting rebalance with members ${members}, phase ${movingPhases[view.phase]}, topology id ${view.epoch}`)];
}

export function logLines(clusterName: string, version: string): LogLines {
  const viewLine = (view: ViewBody): GridLogLine => {
    const names = view.members.map((member) => withLabels(member.name, version, member.labels));
    const coordinator = coordinatorOf(view) ?? view.members[0]?.id;
    const first = names[view.members.findIndex((member) => member.id === coordinator)] ?? '';
    return coded(
      'ISPN000094',
      `Received new cluster view for channel ${clusterName}: [${first}|${view.epoch}] (${names.length}) [${names.join(', ')}]`,
    );
  };
  const ids = (view: ViewBody): string => view.members.map((member) => member.id).join();
  return {
    starting: (stack) => coded('ISPN000078', `Starting JGroups channel \`${clusterName}\` with stack \`${stack}\``),
    address: (name, { host, port }) =>
      coded('ISPN000079', `Channel \`${clusterName}\` local address is \`${name}\`, physical addresses are \`[${host}:${port}]\``),
    view: (view, before) => [
      ...(before !== undefined && ids(before) === ids(view) ? [] : [viewLine(view), ...memberLines(view, before)]),
      ...phaseLines(view, before),
    ],
    lost: (segments) => coded('ISPN000313', `Lost data because of abrupt leavers: the last copy of ${segments} segments is gone`),
    refused: (peer, reason) => {
      const text = `member ${peer} refuses the connection: ${reason}`;
      if (reason.startsWith(otherCluster)) return coded('JGRP000012', text);
      if (reason.startsWith(otherVersion)) return coded('JGRP000010', text);
      return { level: reason === notYet ? 'debug' : 'warn', message: text };
    },
    disconnecting: () => coded('ISPN000080', `Disconnecting JGroups channel \`${clusterName}\``),
  };
}
