import { CLIENTS, USERS } from './iam.ts';

/** What `npm run bench -- --help` prints. */
export const usage = `Usage: npm run bench -- iam|life|sessions|remote|authorization|admin|grid|transport|profiles|report|smoke [options]

  iam     operations of the identity server: rate, latency, CPU
  life    start, kill, freeze, under a steady stream of requests
  sessions  the three ways to keep sessions side by side, and a stock of a million of them (--short: a small stock)
  remote  state on the grid, on an external Infinispan or Redis, and in the database: the same logins, refreshes, introspections
  authorization  decisions over 10,000 resources (--resources), single ones and all at once
  admin   the ten commonest calls of a console over many realms, clients and users (--realms, --clients, --users; --short: a fiftieth)
  grid    operations of the data grid alone, three processes over TLS
  transport  messages between two processes over TCP and UDP, beside JGroups' MPerf where a JVM is
  profiles  CPU profiles of the ten slowest rows of the kept run of iam, this server only, each row alone, as text
  report  bench/results/index.html and the README's pictures, from the runs that were kept
  smoke   a few seconds of iam, this server only; part of CI

  --against keygrid,keycloak   servers to measure in turn (keycloak: npm run reference:install, or KEYCLOAK_HOME;
                               sessions: keycloak adds its prices;
                               iam also: oidc-provider-memory, oidc-provider-postgres, oidc-provider-redis)
  --nodes N                    nodes of each server (iam; default 1)
  --seconds S                  per operation (default 5; profiles: 4, three times)
  --warm-up S                  iam: before each operation (default as long as it is measured)
  --callers N[,N]              concurrent callers (default 8; grid: 1,32,128)
  --rate N                     iam: an open model of N arrivals a second instead of callers
  --search                     iam: look for the highest rate of each operation within the limits, too
  --repeat N                   iam: every row N times; the table shows the median and the spread (default 1)
  --drivers N                  iam: driver processes (default 1; each tells its own CPU)
  --realms N                   life: time to start with so many realms, too (default 0: not measured)
  --sessions                   life: memory of 10,000 sessions, too
  --resources N                authorization: resources of the resource server (default 10000)
  --users N, --clients N       iam: size of the realm (default ${USERS} and ${CLIENTS})
  --short                      sessions: thousands instead of a million
  --all                        grid: every part (12 minutes); else
  --parts operations,rivals,…  grid: some of operations, rivals, losses, transfer, starts, sizes, tables
  --entries N                  grid: entries that members hand over (default 2800000, 1 GB)
  --cold-starts N              grid: how often three members start at once (default 200)
  --only "login page;refresh"  some operations (iam, grid, profiles), events (life) or ways (remote)
  --profile FOLDER             CPU profiles of this server's nodes, written when they stop
  --compiled                   this server from its bundle (npm run build)
  --keep                       write the table to bench/results

The database is the PostgreSQL server that KEYGRID_TEST_DB_URL names, else an embedded one.
`;
