import { claimAt, textsOf } from './claims.ts';
import type { OutsideClaims } from './tokens-of-provider.ts';

const CHANGES: Readonly<Record<string, (text: string) => string>> = {
  uppercase: (text) => text.toUpperCase(),
  lowercase: (text) => text.toLowerCase(),
  localpart: (text) => text.split('@', 1)[0] ?? text,
};

/** Fills a template of the user-name mapper: `CLAIM.path` and `ALIAS` in braces after a dollar sign, changed by `| uppercase` and the like. */
export function filledTemplate(template: string, alias: string, claims: OutsideClaims): string {
  const fill = (_whole: string, name: string, change: string | undefined): string => {
    const value =
      name === 'ALIAS' ? alias : name.startsWith('CLAIM.') ? (textsOf(claimAt(claims, name.slice('CLAIM.'.length)))[0] ?? '') : '';
    return CHANGES[change ?? '']?.(value) ?? value;
  };
  return template.replaceAll(/\$\{\s*([^}|\s]+)\s*(?:\|\s*([a-z]+)\s*)?\}/g, fill).trim();
}
