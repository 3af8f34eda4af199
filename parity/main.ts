// `npm run parity -- [--against keycloak,keygrid] [--only TEXT] [--keep]`: one table of black-box checks, asked of every server named.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { closeConnections } from '../bench/drivers/http.ts';
import { conditions } from '../bench/report.ts';
import { keycloakHome } from '../bench/servers/reference.ts';
import { root } from '../scripts/checks/repository.ts';
import { openTestDatabase } from '../scripts/testing/test-database.ts';
import { allChecks } from './table/checks/index.ts';
import { keycloakProduct } from './table/keycloak-product.ts';
import { keygridProduct } from './table/keygrid-product.ts';
import { type Asked, parityPage, summary, verdict } from './table/page.ts';
import type { Product } from './table/product.ts';
import { runTable } from './table/run-table.ts';

const usage = `Usage: npm run parity -- [options]

  --against keycloak,keygrid   servers to ask in turn (default: keygrid, and keycloak where KEYCLOAK_HOME names one)
  --only TEXT                  checks whose feature or name contains TEXT
  --keep                       write docs/parity.md (all checks, both servers)

The database is the PostgreSQL server that KEYGRID_TEST_DB_URL names, else an embedded one.
`;

const { values } = parseArgs({
  options: {
    against: { type: 'string', default: keycloakHome() === undefined ? 'keygrid' : 'keycloak,keygrid' },
    only: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

function productOf(name: string, adminUrl: string): Product {
  if (name === 'keygrid') return keygridProduct(adminUrl);
  const home = keycloakHome();
  if (name !== 'keycloak' || home === undefined)
    throw new Error(
      `no server "${name}" to ask${name === 'keycloak' ? ': none is installed (npm run reference:install) and KEYCLOAK_HOME names none' : ''}`,
    );
  return keycloakProduct(home, adminUrl);
}

async function main(): Promise<number> {
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const checks = allChecks.filter((check) => check.feature.includes(values.only) || check.name.includes(values.only));
  const postgres = await openTestDatabase();
  const asked: Asked = new Map();
  try {
    for (const name of values.against.split(',')) {
      const product = productOf(name, postgres.url);
      const outcomes = await runTable(product, checks, (line) => console.log(line));
      (asked as Map<string, unknown>).set(name, { version: product.version, outcomes });
    }
  } finally {
    await postgres.close();
  }
  let wrong = 0;
  for (const check of checks) {
    const original = asked.get('keycloak')?.outcomes.get(check.name);
    if (original !== undefined) {
      wrong += 1;
      console.log(`WRONG    ${check.feature} | ${check.name}: the real Keycloak: ${original}`);
    }
    const own = asked.get('keygrid')?.outcomes;
    if (own !== undefined && verdict(check, own) !== 'same')
      console.log(
        `${verdict(check, own) === 'missing' ? 'MISSING ' : 'PURPOSE '} ${check.feature} | ${check.name}: ${own.get(check.name)}`,
      );
  }
  console.log(`\n${summary(checks, asked)}`);
  if (values.keep && values.only === '' && asked.has('keycloak') && asked.has('keygrid'))
    writeFileSync(join(root, 'docs/parity.md'), parityPage(checks, asked, conditions()));
  return wrong === 0 ? 0 : 1;
}

process.exitCode = await main();
closeConnections();
