// Records which metrics a Keycloak of at least two nodes shows: KEYGRID_TEST_REFERENCE_MANAGEMENT_URL=http://host:port node parity/metrics/record.ts
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/checks/repository.ts';
import { familiesOf } from './exposition.ts';

const base = process.env['KEYGRID_TEST_REFERENCE_MANAGEMENT_URL'];
if (base === undefined || base === '')
  throw new Error('KEYGRID_TEST_REFERENCE_MANAGEMENT_URL names no management port of a running Keycloak');
const families = familiesOf(await (await fetch(`${base}/metrics`)).text());
const lines = Object.entries(families).map(([name, metric]) => `  ${JSON.stringify(name)}: ${JSON.stringify(metric)}`);
writeFileSync(join(root, 'parity/metrics/recorded.json'), `{\n${lines.join(',\n')}\n}\n`);
console.log(`${lines.length} metrics recorded`);
