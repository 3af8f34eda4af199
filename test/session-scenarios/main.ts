import { parseArgs } from 'node:util';
import { closeConnections } from '../../bench/drivers/http.ts';
import { hasExternal } from '../../bench/servers/external-caches.ts';
import { disturbancesOf } from './disturbances.ts';
import { runHistory } from './history.ts';
import { type Mode, modeOf, modes } from './modes.ts';
import { runScenario, WALKS } from './run-scenario.ts';
import { World } from './world.ts';

const usage = `Usage: node test/session-scenarios/main.ts [options]

Every walk with every disturbance between any two of its steps, over three real nodes, in every way to keep state; then a history of mixed load
with a nemesis, judged from the outside. Needs the PostgreSQL server that KEYGRID_TEST_DB_URL names.

  --modes A,B             some of: ${modes.map((mode) => mode.name).join(', ')} (default all)
  --only TEXT             disturbances whose name contains it; --only none leaves the history alone
  --history-minutes N     minutes of history, shared by the modes (default 0: none)
  --seed N                seed of the history (default: another one each time; a violation names it)
`;
const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h', default: false },
    seed: { type: 'string' },
    modes: { type: 'string', default: modes.map((mode) => mode.name).join(',') },
    only: { type: 'string', default: '' },
    'history-minutes': { type: 'string', default: '0' },
  },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const wrong: string[] = [];
const historyMs = Number(values['history-minutes']) * 60_000;
const chosen = values.modes.split(',').map(modeOf).filter(isPresent);

/** Modes whose servers this machine lacks are left out, and said. */
function isPresent({ name, external }: Mode): boolean {
  if (external === undefined || hasExternal(external)) return true;
  console.log(`${name}: left out, there is no ${external} on this machine`);
  return false;
}

for (const mode of chosen) {
  const world = await World.open(mode);
  try {
    for (const [index, disturbance] of disturbancesOf(mode)
      .filter(({ name }) => name.includes(values.only))
      .entries()) {
      const began = performance.now();
      const result = await runScenario(world, disturbance, index * WALKS);
      const lost = result.outcomes.filter((outcome) => outcome.lost !== undefined).length;
      wrong.push(...result.wrong);
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      console.log(
        `${mode.name}, ${disturbance.name}: ${result.outcomes.length} walks, ${lost} lost what this mode loses, ${result.wrong.length} wrong, ${seconds} s`,
      );
    }
    if (historyMs > 0) {
      const report = await runHistory(world, {
        durationMs: historyMs / chosen.length,
        seed: Number(values.seed ?? Date.now() % 1_000_000),
      });
      console.log(`${mode.name}, history: ${report.summary}`);
      wrong.push(...report.violations.map((line) => `${mode.name}, history (seed ${report.seed}): ${line}`));
    }
  } finally {
    await world.stop();
  }
}
for (const line of wrong) console.log(`WRONG ${line}`);
closeConnections();
process.exitCode = wrong.length === 0 ? 0 : 1;
