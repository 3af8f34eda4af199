import { describe, expect, it } from 'vitest';
import { bestMatch } from './uri-match.ts';

const resources = [
  { id: 'all', uris: ['/*'] },
  { id: 'api', uris: ['/api/*'] },
  { id: 'item', uris: ['/api/items/{id}'] },
  { id: 'mine', uris: ['/api/items/mine'] },
  { id: 'part', uris: ['/api/items/{id}/parts/*'] },
  { id: 'pages', uris: ['/site/*.html'] },
];

describe('the resource that a path belongs to', () => {
  it.each([
    ['/api/items/mine', 'mine'],
    ['/api/items/7', 'item'],
    ['/api/items/7/parts/9/a', 'part'],
    ['/api/items/7/parts', 'part'],
    ['/api/other', 'api'],
    ['/api', 'api'],
    ['/apis', 'all'],
    ['/site/a/b.html', 'pages'],
    ['/site/a.txt', 'all'],
    ['/', 'all'],
  ])('%s', (path, expected) => {
    expect(bestMatch(resources, path)).toBe(expected);
  });

  it('is none where no pattern fits, and takes no time over long paths', () => {
    expect(bestMatch(resources.slice(1), '/else')).toBeUndefined();
    expect(bestMatch([{ id: 'x', uris: [`/${'{a}/'.repeat(500)}end`] }], `/${'b/'.repeat(50_000)}`)).toBeUndefined();
  });
});
