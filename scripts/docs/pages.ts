import { renderDifferences } from './differences-page.ts';
import { renderErrorsReference } from './errors-page.ts';

/** Path of each generated page -> its text. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['docs/reference/errors.md', renderErrorsReference()],
    ['docs/differences.md', renderDifferences()],
  ]);
}
