import { describe, expect, it } from 'vitest';
import { DemoArgumentError, parseDemoArguments } from './arguments.ts';

describe('arguments of npm start', () => {
  it('starts three nodes behind port 8080 unless told otherwise', () => {
    expect(parseDemoArguments([])).toEqual({ nodes: 3, port: 8080, fresh: false, restart: false, help: false });
  });

  it('takes values in both spellings', () => {
    expect(parseDemoArguments(['--nodes', '5', '--port=9080', '--fresh'])).toMatchObject({ nodes: 5, port: 9080, fresh: true });
  });

  it.each([
    ['--nodes', '0'],
    ['--nodes', '10'],
    ['--nodes', 'three'],
    ['--port', '70000'],
    ['--port', '-1'],
  ])('refuses %s %s and names the value', (name, value) => {
    expect(() => parseDemoArguments([`${name}=${value}`])).toThrow(value);
  });

  it('refuses an unknown option and points at the help', () => {
    expect(() => parseDemoArguments(['--node=3'])).toThrow(DemoArgumentError);
    expect(() => parseDemoArguments(['--node=3'])).toThrow(/--help/);
  });
});
