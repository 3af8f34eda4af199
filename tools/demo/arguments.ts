import { parseArgs } from 'node:util';

/** What `npm start` was asked for. */
export interface DemoArguments {
  readonly nodes: number;
  readonly fresh: boolean;
  readonly restart: boolean;
  /** Port of the balancer; nodes listen on 8081, 8082, … */
  readonly port: number;
  readonly help: boolean;
  /** Folder of data and logs; undefined = `.keygrid` in the checkout. */
  readonly data?: string | undefined;
}

/** A mistake in the command line; the message names the value and what is allowed. */
export class DemoArgumentError extends Error {}

export const demoHelp = `Usage: npm start -- [options]

Starts a cluster on this machine: an embedded PostgreSQL, Keygrid nodes, and a balancer in front of them.

  --nodes N     how many nodes, 1 to 9 (default 3)
  --port P      port of the balancer (default 8080)
  --fresh       forget the data of earlier starts
  --restart     start a node again when it dies
  --data DIR    folder of data and logs (default .keygrid)
  --help        this text

The first administrator is admin / admin, or what KC_BOOTSTRAP_ADMIN_USERNAME and KC_BOOTSTRAP_ADMIN_PASSWORD say at the first start.
Everything listens on 127.0.0.1 only. Ctrl-C stops everything in order.
`;

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new DemoArgumentError(`--${name}: ${text} is not a whole number from ${least} to ${most}`);
  return value;
}

/** Parses the arguments after `npm start --`. @throws DemoArgumentError */
export function parseDemoArguments(argv: readonly string[]): DemoArguments {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        nodes: { type: 'string', default: '3' },
        port: { type: 'string', default: '8080' },
        fresh: { type: 'boolean', default: false },
        restart: { type: 'boolean', default: false },
        data: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return {
      nodes: whole('nodes', values.nodes, 1, 9),
      port: whole('port', values.port, 1, 65_535),
      fresh: values.fresh,
      restart: values.restart,
      help: values.help,
      ...(values.data === undefined ? {} : { data: values.data }),
    };
  } catch (error) {
    if (error instanceof DemoArgumentError) throw error;
    throw new DemoArgumentError(`${(error as Error).message}. Try: npm start -- --help`);
  }
}
