import { describe, expect, it } from 'vitest';
import { clientFixture, realmFixture } from '../testing/fixtures.ts';
import { isAllowedOrigin, resolvedWebOrigins } from './web-origins.ts';

const realm = realmFixture();
const withOrigins = (webOrigins: string[], redirectUris: string[] = [], rootUrl?: string) =>
  clientFixture(realm, { webOrigins, redirectUris, rootUrl });

describe('web origins', () => {
  it('put the origins of the redirect URIs in the place of a plus', () => {
    const client = withOrigins(
      ['+', 'https://b.example'],
      ['https://A.example:8443/x/*', 'http://localhost/*', '/cb', 'com.app:/cb', '*'],
      'https://root.example',
    );
    expect(resolvedWebOrigins(client)).toEqual(['https://a.example:8443', 'http://localhost', 'https://root.example', 'https://b.example']);
  });

  it('let in exactly who is named, or everybody with a star', () => {
    const client = withOrigins(['https://a.example']);
    expect(isAllowedOrigin(client, 'https://a.example')).toBe(true);
    for (const origin of ['http://a.example', 'https://a.example:444', 'https://a.example.evil', 'https://x.a.example', 'null', '']) {
      expect(isAllowedOrigin(client, origin)).toBe(false);
    }
    expect(isAllowedOrigin(withOrigins(['*']), 'https://anyone.example')).toBe(true);
    expect(isAllowedOrigin(withOrigins([]), 'https://anyone.example')).toBe(false);
  });
});
