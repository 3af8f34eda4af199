// Records what a running Keycloak shows on every walk: KEYGRID_TEST_REFERENCE_URL=http://host:port npm run parity:record [family…]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { closeConnections } from '../bench/drivers/http.ts';
import { root } from '../scripts/checks/repository.ts';
import { parityRealms } from './realms.ts';
import { runWalks } from './run.ts';
import { families } from './walks/index.ts';

const base = process.env['KEYGRID_TEST_REFERENCE_URL'];
if (base === undefined || base === '') throw new Error('KEYGRID_TEST_REFERENCE_URL names no running Keycloak');

const realmNames = parityRealms.map((realm) => String(realm['realm']));
const removeRealms = async (): Promise<void> => {
  const token = await adminToken(base);
  for (const name of realmNames) await admin(base, token, 'DELETE', `/realms/${name}`, undefined, [404]);
};

await removeRealms();
for (const realm of parityRealms) await admin(base, await adminToken(base), 'POST', '/realms', realm);
const named = process.argv.slice(2);
// Certificates come in a header only where the server was built for it: see CONTRIBUTING.md.
const chosen = named.length > 0 ? named : Object.keys(families).filter((family) => family !== 'certificates');
const traces = await runWalks(base, chosen);
mkdirSync(join(root, 'parity/recorded'), { recursive: true });
for (const [family, walks] of Object.entries(traces)) {
  // A line a step: small, and a change of one step is one line of the diff.
  const body = Object.entries(walks)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([walk, steps]) => {
      const lines = Object.entries(steps).map(([step, seen]) => `    ${JSON.stringify(step)}: ${JSON.stringify(seen)}`);
      return `  ${JSON.stringify(walk)}: {\n${lines.join(',\n')}\n  }`;
    });
  writeFileSync(join(root, `parity/recorded/${family}.json`), `{\n${body.join(',\n')}\n}\n`);
}
const steps = Object.values(traces)
  .flatMap((walks) => Object.values(walks))
  .reduce((sum, trace) => sum + Object.keys(trace).length, 0);
console.log(`${steps} steps recorded`);
for (const [family, walks] of Object.entries(traces))
  for (const [walk, trace] of Object.entries(walks))
    if (trace['the walk ends here'] !== undefined) console.log(`${family} | ${walk} broke off: ${trace['the walk ends here']['error']}`);
await removeRealms();
closeConnections();
