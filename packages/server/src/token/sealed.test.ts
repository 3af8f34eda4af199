import { describe, expect, it } from 'vitest';
import { realmFixture, realmKeyFixture } from '../testing/fixtures.ts';
import { createKeyring } from './keys.ts';
import { openSealed, sealClaims } from './sealed.ts';

describe('a sealed text', () => {
  const realm = realmFixture();
  const [key, other] = [realmKeyFixture('HS512'), realmKeyFixture('HS512')];
  const keyring = createKeyring({ keys: async () => [key] });
  const claims = { typ: 'Restart', ruri: 'https://app.example/cb' };

  it('is opened by the realm that sealed it, and shows nothing of what is in it', async () => {
    const sealed = await sealClaims(keyring, realm, claims);
    expect(sealed.split('.')).toHaveLength(5);
    expect(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').toString('latin1')).not.toContain('app.example');
    expect(await openSealed(keyring, realm, sealed, 'Restart')).toEqual({ ok: true, claims });
  });

  it('is opened by a key that was rotated out and still verifies', async () => {
    const sealed = await sealClaims(keyring, realm, claims);
    const rotated = createKeyring({
      keys: async () => [
        { ...other, priority: 200 },
        { ...key, status: 'PASSIVE' },
      ],
    });
    expect((await openSealed(rotated, realm, sealed, 'Restart')).ok).toBe(true);
  });

  it.each([
    ['of another type', (sealed: string) => sealed, 'Other'],
    ['that was changed', (sealed: string) => `${sealed.slice(0, -3)}AAA`, 'Restart'],
    ['that is none', () => 'a.b.c.d.e', 'Restart'],
    ['that is much too long', () => 'x'.repeat(10_000), 'Restart'],
    [
      'with another algorithm',
      (sealed: string) => `${Buffer.from('{"alg":"none"}').toString('base64url')}${sealed.slice(sealed.indexOf('.'))}`,
      'Restart',
    ],
  ])('%s is refused', async (_name, change, type) => {
    const sealed = await sealClaims(keyring, realm, claims);
    expect((await openSealed(keyring, realm, change(sealed), type)).ok).toBe(false);
  });

  it('of another realm’s key is refused', async () => {
    const sealed = await sealClaims(createKeyring({ keys: async () => [other] }), realm, claims);
    expect((await openSealed(keyring, realm, sealed, 'Restart')).ok).toBe(false);
  });
});
