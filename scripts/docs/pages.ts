import { renderInvariantsReference } from '../../packages/grid/src/simulator/invariants.ts';
import { renderOptionsReference } from '../../packages/server/src/config/reference.ts';
import { renderStacksReference } from '../../packages/server/src/config/stack/reference.ts';
import { renderMetricsReference } from '../../packages/server/src/observability/reference.ts';
import { renderDifferences } from './differences-page.ts';
import { renderErrorsReference } from './errors-page.ts';
import { renderGridReference } from './grid-page.ts';
import { renderLogsReference } from './logs-page.ts';

/** Path of each generated page -> its text. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['docs/reference/errors.md', renderErrorsReference()],
    ['docs/reference/logs.md', renderLogsReference()],
    ['docs/reference/grid.md', renderGridReference()],
    ['docs/reference/options.md', renderOptionsReference()],
    ['docs/reference/stacks.md', renderStacksReference()],
    ['docs/reference/metrics.md', renderMetricsReference()],
    ['docs/reference/invariants.md', renderInvariantsReference()],
    ['docs/differences.md', renderDifferences()],
  ]);
}
