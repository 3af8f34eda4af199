import { describe, expect, it } from 'vitest';
import { realmFixture } from '../testing/fixtures.ts';
import { securityHeaders } from './security-headers.ts';

describe('security headers of a page', () => {
  it('are strict where the realm says nothing', () => {
    const headers = securityHeaders(realmFixture());
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors 'self'; object-src 'none'",
    );
    expect(headers['x-frame-options']).toBe('SAMEORIGIN');
    expect(headers['content-security-policy-report-only']).toBeUndefined();
  });

  it('follow the realm, directive by directive', () => {
    const browserSecurityHeaders = {
      contentSecurityPolicy: "frame-ancestors https://portal.example; img-src 'self' https://cdn.example",
      xFrameOptions: '',
      xRobotsTag: 'all',
    };
    const headers = securityHeaders(realmFixture({ browserSecurityHeaders }));
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self' https://cdn.example; base-uri 'none'; frame-ancestors https://portal.example",
    );
    expect(headers['x-frame-options']).toBeUndefined();
    expect(headers['x-robots-tag']).toBe('all');
  });

  it('never carry a line end of the configuration into the answer', () => {
    const headers = securityHeaders(realmFixture({ browserSecurityHeaders: { xRobotsTag: 'a\r\nset-cookie: x=y' } }));
    expect(headers['x-robots-tag']).toBeUndefined();
  });

  it('are computed once per realm object and page', () => {
    const realm = realmFixture();
    const page = { script: 'x()' };
    expect(securityHeaders(realm)).toBe(securityHeaders(realm));
    expect(securityHeaders(realm, page)).toBe(securityHeaders(realm, page));
    expect(securityHeaders(realm, page)['content-security-policy']).toContain("script-src 'sha256-");
  });
});
