import { expect, it } from 'vitest';
import { samplesOf } from './samples.ts';

it('reads names, labels and values, and passes over comments', () => {
  expect(samplesOf('# HELP a b\na 1\nb{x="1",y="a,b"} 2.5 1700000000\n\n# EOF')).toEqual([
    { metric: 'a', labels: {}, value: 1 },
    { metric: 'b', labels: { x: '1', y: 'a,b' }, value: 2.5 },
  ]);
});
