import { createServer } from 'node:net';

/** Ports of one node of the demonstration cluster. */
export interface NodePorts {
  readonly http: number;
  readonly management: number;
  readonly cluster: number;
}

/** Node 1 has 8081, 9001 and 7801, node 2 the next ones, and so on. */
export function portsOf(node: number): NodePorts {
  return { http: 8080 + node, management: 9000 + node, cluster: 7800 + node };
}

/** Whether something listens on 127.0.0.1:port already. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(true));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(false)));
  });
}

/** The taken ones among `wanted` (what it is for -> port). */
export async function takenPorts(wanted: ReadonlyMap<string, number>): Promise<string[]> {
  const taken: string[] = [];
  for (const [purpose, port] of wanted) if (await isTaken(port)) taken.push(`${port} (${purpose})`);
  return taken;
}
