import type { NodeProcess } from './node-process.ts';

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}

/** What is printed when the cluster is up: where to go, how to log in, three things to try. */
export function summary(options: {
  url: string;
  nodes: readonly NodeProcess[];
  database: string;
  admin: string;
  application: string;
  logFolder: string;
  seconds: number;
}): string {
  const [first, second] = options.nodes;
  const token = `${options.url}/realms/demo/protocol/openid-connect/token`;
  const lines = [
    '',
    `The cluster is up (${options.seconds.toFixed(1)} s).`,
    '',
    table([
      ['Log in', `${options.application}   as alice, bob or carol; the password is the name`],
      ['Administrator', options.admin],
      ['Balancer', options.url],
      ['Discovery', `${options.url}/realms/demo/.well-known/openid-configuration`],
      ...options.nodes.map(
        (node) =>
          [
            `Node ${node.options.name}`,
            `http://127.0.0.1:${node.options.ports.http}   health and metrics http://127.0.0.1:${node.options.ports.management}/health/ready /metrics   pid ${node.pid}`,
          ] as const,
      ),
      ['Database', options.database],
      ['Logs', options.logFolder],
    ]),
    '',
  ];
  if (first !== undefined && second !== undefined) {
    const on = (node: NodeProcess): string => token.replace(options.url, `http://127.0.0.1:${node.options.ports.http}`);
    lines.push(
      'Three things to try, in another terminal:',
      `  1. log in on ${first.options.name}:   RT=$(curl -s ${on(first)} -d grant_type=password -d client_id=demo-app -d client_secret=demo-app-secret -d username=alice -d password=alice -d scope=openid | sed 's/.*"refresh_token":"\\([^"]*\\)".*/\\1/')`,
      `  2. kill that node:   kill -9 ${first.pid}`,
      `  3. refresh on ${second.options.name}:     curl -s ${on(second)} -d grant_type=refresh_token -d client_id=demo-app -d client_secret=demo-app-secret -d refresh_token=$RT`,
      '',
    );
  }
  lines.push('Ctrl-C stops everything; the next npm start goes on with the same data.');
  return lines.join('\n');
}
