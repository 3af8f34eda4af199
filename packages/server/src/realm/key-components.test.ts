import { createPublicKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { configuredKey, shownKeyConfig } from './configured-key.ts';
import { Fields } from './fields.ts';
import { componentOfKey, keyFromComponent } from './key-components.ts';
import { keyProviders } from './key-providers.ts';
import { generateRealmKey } from './realm-keys.ts';

describe('a realm key', () => {
  it.each(['RS256', 'RSA-OAEP', 'ES256', 'ES512', 'EdDSA', 'HS512', 'AES'])('of %s survives export and import', async (algorithm) => {
    const key = await generateRealmKey(algorithm, { realmName: 'demo', name: 'k', priority: 7 });
    expect(await keyFromComponent(new Fields(componentOfKey(key), 'k'), 'demo')).toEqual(key);
  });

  it('with settings of its own is exported with them, and masked where it is only shown', async () => {
    const provider = keyProviders.get('ecdsa-generated') ?? expect.fail();
    const key = await configuredKey(provider, { config: { ecGenerateCertificate: ['true'], active: ['false'] }, realmName: 'demo' });
    const { config: settings, ...material } = key;
    expect(settings).toEqual({ ecdsaEllipticCurveKey: ['P-256'], ecGenerateCertificate: ['true'], active: ['false'] });
    expect(await keyFromComponent(new Fields(componentOfKey(key), 'k'), 'demo')).toEqual(material);
    expect(shownKeyConfig(key)).toEqual(settings);
    expect(shownKeyConfig({ ...key, provider: 'rsa' })).toMatchObject({ privateKey: ['**********'] });
  });

  it('keeps being passive or disabled', async () => {
    for (const status of ['PASSIVE', 'DISABLED'] as const) {
      const key = { ...(await generateRealmKey('HS256')), status };
      expect(await keyFromComponent(new Fields(componentOfKey(key), 'k'), 'demo')).toMatchObject({ status });
    }
  });

  it('is made anew where the export masks its secret', async () => {
    const component = { name: 'rsa', providerId: 'rsa-generated', config: { priority: ['100'], privateKey: ['**********'] } };
    const key = await keyFromComponent(new Fields(component, 'k'), 'demo');
    expect(key).toMatchObject({ algorithm: 'RS256', provider: 'rsa-generated', priority: 100 });
    expect(key?.privateKey?.length).toBeGreaterThan(1_000);
  });

  it('of RSA has a certificate of its own, in the name of the realm', async () => {
    const key = await generateRealmKey('RS256', { realmName: 'Übung & Söhne' });
    const certificate = new X509Certificate(key.certificate ?? expect.fail());
    const publicKey = createPublicKey({ key: Buffer.from(key.publicKey ?? expect.fail()), format: 'der', type: 'spki' });
    expect(certificate.verify(publicKey)).toBe(true);
    expect(certificate.subject).toBe('CN=Übung & Söhne');
    expect(certificate.issuer).toBe(certificate.subject);
  });

  it('that cannot be read is refused without showing it', async () => {
    const component = { name: 'rsa', providerId: 'rsa', config: { privateKey: ['geheim'] } };
    await expect(keyFromComponent(new Fields(component, 'k'), 'demo')).rejects.toThrow(/^k\.privateKey: .* cannot be read/);
  });
});
