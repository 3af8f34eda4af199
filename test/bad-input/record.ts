// Records what a real Keycloak answers to every case: KEYGRID_TEST_REFERENCE_URL=http://host:port node test/bad-input/record.ts
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, closeConnections } from '../../bench/drivers/http.ts';
import { root } from '../../scripts/checks/repository.ts';
import { startTarget } from '../support/target.ts';
import { caseId, type Outcome, outcomeOf } from './case.ts';
import { badCases } from './cases/index.ts';
import { prepareMaterial } from './material.ts';

const target = await startTarget(1);
const material = await prepareMaterial(target.base);
const recorded: Record<string, Outcome> = {};
for (const bad of badCases) {
  const { path, ...request } = await bad.request(material);
  recorded[caseId(bad)] = outcomeOf(await call(`${target.base}${path}`, request));
}
writeFileSync(join(root, 'test/bad-input/recorded.json'), `${JSON.stringify(recorded, null, 2)}\n`);
console.log(`${badCases.length} cases recorded`);
await target.stop();
closeConnections();
