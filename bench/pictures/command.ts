import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/checks/repository.ts';
import type { IamResult } from '../iam.ts';
import type { LifeResult } from '../life.ts';
import { type Kept, pictures, reportPage } from './report-page.ts';

const folder = join(root, 'bench/results');
/** Pictures that the README shows. */
const FOR_README = ['cpu-1', 'life-freeze-of-a-member-SIGSTOP', 'life-kill-9-of-a-member'];

function read<T>(file: string): Kept<T>[] {
  if (!existsSync(join(folder, file))) return [];
  const { conditions, results } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { conditions: string; results: T[] };
  return [{ file, conditions, results }];
}

/** `bench -- report`: bench/results/index.html and the README's pictures, from the runs that were kept. */
export function benchReport(): number {
  const iam = readdirSync(folder)
    .filter((file) => /^iam-\d+\.json$/.test(file))
    .toSorted()
    .flatMap((file) => read<IamResult>(file));
  const all = pictures(iam, read<LifeResult>('life.json'));
  if (all.length === 0) {
    console.error('Nothing was kept yet: run `npm run bench -- iam --keep` or `npm run bench -- life --keep` first.');
    return 1;
  }
  writeFileSync(join(folder, 'index.html'), reportPage(all));
  for (const picture of all.filter(({ name }) => FOR_README.includes(name)))
    writeFileSync(join(folder, `${picture.name}.svg`), `${picture.svg}\n`);
  console.log(`${all.length} pictures in bench/results/index.html`);
  return 0;
}
