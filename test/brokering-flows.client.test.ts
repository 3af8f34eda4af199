import { afterAll, beforeAll } from 'vitest';
import { exchangedTokens } from './brokering/exchanged-tokens.ts';
import { firstLogins } from './brokering/first-logins.ts';
import { linkedAccounts } from './brokering/linked-accounts.ts';
import { startBrokers } from './support/brokering.ts';
import type { TestCluster } from './support/test-cluster.ts';

// One node is enough for all of it: each part has a realm of its own.
let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startBrokers(['accounts', 'logins', 'exchanges']);
});
afterAll(() => cluster?.stop());

linkedAccounts(() => cluster, 'accounts');
firstLogins(() => cluster, 'logins');
exchangedTokens(() => cluster, 'exchanges');
