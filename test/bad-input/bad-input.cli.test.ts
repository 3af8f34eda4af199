import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../bench/drivers/http.ts';
import { root } from '../../scripts/checks/repository.ts';
import { startTarget, type Target } from '../support/target.ts';
import { caseId, endpoints, faults, type Material, type Outcome, outcomeOf } from './case.ts';
import { badCases } from './cases/index.ts';
import { differences } from './differences.ts';
import { emptyCells } from './empty-cells.ts';
import { prepareMaterial } from './material.ts';

const recorded = JSON.parse(readFileSync(join(root, 'test/bad-input/recorded.json'), 'utf8')) as Record<string, Outcome>;

describe('bad input', () => {
  let target: Target;
  let material: Material;
  beforeAll(async () => {
    target = await startTarget(1);
    material = await prepareMaterial(target.base);
  });
  afterAll(() => target?.stop());

  it.each(badCases.map((bad) => [caseId(bad), bad] as const))('%s', async (id, bad) => {
    const { path, ...request } = await bad.request(material);
    const answer = await call(`${target.base}${path}`, request);
    expect(answer.status, answer.text.slice(0, 300)).toBeLessThan(500);
    expect(answer.text, 'a stack trace').not.toMatch(/\bat [\w.<>]+ \(?(?:file|node|\/)/);
    expect(answer.text, 'a reflected script').not.toContain('<script>alert(1)');
    expect(outcomeOf(answer), answer.text.slice(0, 300)).toEqual(differences[id]?.outcome ?? recorded[id]);
  });
});

describe('the matrix of bad input', () => {
  it('has a case in every cell of endpoint and fault, or a reason why there is none', () => {
    const covered = new Set(badCases.map((bad) => `${bad.endpoint} | ${bad.fault}`));
    const empty = endpoints.flatMap((endpoint) => faults.map((fault) => `${endpoint} | ${fault}`)).filter((cell) => !covered.has(cell));
    expect(empty.filter((cell) => emptyCells[cell] === undefined)).toEqual([]);
    expect(
      Object.keys(emptyCells).filter((cell) => covered.has(cell)),
      'cells that have a case by now',
    ).toEqual([]);
  });

  it('has a recorded value of the original for every case, each case once', () => {
    const ids = badCases.map(caseId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => recorded[id] === undefined)).toEqual([]);
  });
});
