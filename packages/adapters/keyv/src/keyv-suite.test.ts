import { Grid } from '@keygrid/grid';
import keyvTestSuite, { keyvIteratorTests } from '@keyv/test-suite';
import Keyv from 'keyv';
import * as vitest from 'vitest';
import { GridStore } from './grid-store.ts';

const grid = await Grid.start();
const cache = grid.cache<string, unknown>('keyv');

vitest.afterAll(() => grid.stop());

// The suite declares vitest, its coverage and sqlite3 as dependencies without using them; the overrides of the root manifest keep them out.
vitest.describe("Keyv's own suite for stores", () => {
  // Written for another version of vitest, of which it uses only what stayed as it was.
  const test = vitest as unknown as Parameters<typeof keyvTestSuite>[0];
  keyvTestSuite(test, Keyv, () => new GridStore(cache));
  keyvIteratorTests(test, Keyv, () => new GridStore(cache));
});
