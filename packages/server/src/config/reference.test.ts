import { describe, expect, it } from 'vitest';
import { allOptions } from './options/index.ts';
import { renderOptionsReference } from './reference.ts';
import { environmentName } from './sources.ts';

describe('the reference of options', () => {
  it('has a line for every option, with its variable', () => {
    const text = renderOptionsReference();
    for (const name of allOptions.keys()) expect(text).toContain(`| \`${name}\` | \`${environmentName(name)}\` |`);
  });

  it('has the same number of columns in every row', () => {
    const rows = renderOptionsReference()
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    for (const row of rows) expect([4, 6], row).toContain(row.replaceAll('\\|', '').split('|').length - 1);
  });
});

describe('the declarations', () => {
  it('have defaults that their own type accepts', () => {
    for (const [name, option] of allOptions) {
      for (const text of [option.default, option.developmentDefault]) {
        if (text !== undefined) expect(option.kind.read(text), name).toHaveProperty('value');
      }
    }
  });

  it('have variables that no two options share', () => {
    const names = [...allOptions.keys()].map(environmentName);
    expect(new Set(names).size).toBe(names.length);
  });

  it('deprecate only values that are allowed', () => {
    for (const [name, option] of allOptions) {
      for (const value of Object.keys(option.deprecatedValues ?? {})) expect(option.kind.allowed, name).toContain(value);
    }
  });
});
