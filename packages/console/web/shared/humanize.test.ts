import { describe, expect, it } from 'vitest';
import { humanize } from './humanize.ts';

describe('a key without a text', () => {
  it.each([
    ['clientScopes', 'Client scopes'],
    ['realm-settings', 'Realm settings'],
    ['requireSsl', 'Require ssl'],
    ['eventTypes.LOGIN.name', 'LOGIN'],
    [['$', '{client_account-console}'].join(''), 'Client account console'],
    ['x509Certificate', 'X509 certificate'],
    ['Already a sentence. And another.', 'Already a sentence. And another.'],
  ])('%s is shown as %s', (key, text) => {
    expect(humanize(key)).toBe(text);
  });
});
