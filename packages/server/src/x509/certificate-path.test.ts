import { expect, it } from 'vitest';
import { makeAuthority } from '../testing/certificate-authority.ts';
import { pathToTrust } from './certificate-path.ts';

const now = Date.now();
const root = await makeAuthority();
const subjects = (path: ReturnType<typeof pathToTrust>) => path?.map(({ subject }) => subject.split('\n')[0]);

it('leads from a certificate over those that came with it, in any order, to one that is trusted', async () => {
  const one = await root.subordinate({ subject: 'CN=one' });
  const two = await one.subordinate({ subject: 'CN=two' });
  const { certificate } = await two.issue({ subject: 'CN=alice' });
  expect(subjects(pathToTrust([certificate, one.certificate, two.certificate], [root.certificate], now))).toEqual([
    'CN=alice',
    'CN=two',
    'CN=one',
    'CN=Test Root',
  ]);
  expect(subjects(pathToTrust([certificate], [two.certificate], now))).toEqual(['CN=alice', 'CN=two']);
  expect(pathToTrust([certificate, two.certificate], [root.certificate], now)).toBeUndefined();
});

it('does not lead over a certificate that is no authority, is over, or may not have one below it', async () => {
  const user = await root.issue({ subject: 'CN=user', keyUsage: 1 });
  const forged = await (await makeAuthority('CN=user')).issue({ subject: 'CN=alice' });
  expect(pathToTrust([forged.certificate, user.certificate], [root.certificate], now)).toBeUndefined();
  const over = await root.subordinate({ subject: 'CN=over', notAfter: new Date(now - 1_000) });
  expect(pathToTrust([(await over.issue({ subject: 'CN=alice' })).certificate, over.certificate], [root.certificate], now)).toBeUndefined();
  const short = await root.subordinate({ subject: 'CN=short', pathLength: 0 });
  const below = await short.subordinate({ subject: 'CN=below' });
  const direct = await short.issue({ subject: 'CN=direct' });
  const far = await below.issue({ subject: 'CN=far' });
  expect(pathToTrust([direct.certificate, short.certificate], [root.certificate], now)).toHaveLength(3);
  expect(pathToTrust([far.certificate, below.certificate, short.certificate], [root.certificate], now)).toBeUndefined();
  const unsigned = await root.subordinate({ subject: 'CN=unsigned', keyUsage: 2 });
  expect(
    pathToTrust([(await unsigned.issue({ subject: 'CN=a' })).certificate, unsigned.certificate], [root.certificate], now),
  ).toBeUndefined();
});

it('is not fooled by an authority of the same name', async () => {
  const other = await makeAuthority();
  const { certificate } = await other.issue({ subject: 'CN=alice' });
  expect(pathToTrust([certificate, other.certificate], [root.certificate], now)).toBeUndefined();
  expect(pathToTrust([], [root.certificate], now)).toBeUndefined();
});
