import type { GridLogLine } from '../api.ts';
import { coordinatorOf } from '../membership/rebalance.ts';
import type { Address, Labels, ViewBody } from '../protocol/types.ts';

/** The lines that operators of such clusters know and search for. */
export interface LogLines {
  starting(stack: string): GridLogLine;
  address(name: string, address: Address): GridLogLine;
  view(view: ViewBody): GridLogLine;
  disconnecting(): GridLogLine;
}

function withLabels(name: string, version: string, labels: Labels): string {
  const parts = [`v=${version}`];
  if (labels.site !== undefined) parts.push(`s=${labels.site}`);
  if (labels.rack !== undefined) parts.push(`r=${labels.rack}`);
  if (labels.machine !== undefined) parts.push(`m=${labels.machine}`);
  return `${name}(${parts.join(', ')})`;
}

export function logLines(clusterName: string, version: string): LogLines {
  const info = (code: string, text: string): GridLogLine => ({ level: 'info', code, message: `${code}: ${text}` });
  return {
    starting: (stack) => info('ISPN000078', `Starting JGroups channel \`${clusterName}\` with stack \`${stack}\``),
    address: (name, { host, port }) =>
      info('ISPN000079', `Channel \`${clusterName}\` local address is \`${name}\`, physical addresses are \`[${host}:${port}]\``),
    view: (view) => {
      const names = view.members.map((member) => withLabels(member.name, version, member.labels));
      const coordinator = coordinatorOf(view) ?? view.members[0]?.id;
      const first = names[view.members.findIndex((member) => member.id === coordinator)] ?? '';
      return info(
        'ISPN000094',
        `Received new cluster view for channel ${clusterName}: [${first}|${view.epoch}] (${names.length}) [${names.join(', ')}]`,
      );
    },
    disconnecting: () => info('ISPN000080', `Disconnecting JGroups channel \`${clusterName}\``),
  };
}
