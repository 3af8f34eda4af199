import { expect, it } from 'vitest';
import { runPart } from './run-part.ts';

const part = (program: string, more: object = {}) =>
  runPart({ name: 'a script', boxSeconds: 60, script: ['-e', program], ...more }, process.env);

it('counts a script as one test, by its exit code', async () => {
  expect(await part('process.exit(0)')).toMatchObject({ passed: 1, failed: 0, failures: [] });
  expect(await part('console.log("a word"); process.exit(3)')).toMatchObject({
    passed: 0,
    failed: 1,
    failures: [expect.stringMatching(/^a script: exit code 3; its last lines: a word$/)],
  });
});

it('ends what takes longer than its box', async () => {
  expect(await part('setInterval(() => {}, 1000)', { boxSeconds: 1 })).toMatchObject({
    failures: [expect.stringContaining('a script: longer than 1 s')],
  });
});
