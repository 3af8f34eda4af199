import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { attributesOf, paged, pageOf, queryFlag, queryInteger } from './query.ts';

const request = (query: Record<string, string | string[]>): FastifyRequest => ({ query }) as unknown as FastifyRequest;

describe('query parameters', () => {
  it('give a page; negative numbers are no bound and the first of several counts', () => {
    expect(pageOf(request({ first: '5', max: ['1', '2'] }))).toEqual({ first: 5, max: 1 });
    expect(pageOf(request({ max: '-1' }), 100)).toEqual({});
    expect(pageOf(request({}), 100)).toEqual({ max: 100 });
    expect(paged([1, 2, 3, 4], { first: 1, max: 2 })).toEqual([2, 3]);
  });

  it('that should be numbers and are none name no resource', () => {
    expect(() => queryInteger(request({ first: 'one' }), 'first')).toThrow(expect.objectContaining({ statusCode: 404 }));
  });

  it('are flags where they say true in any case', () => {
    expect(queryFlag(request({ exact: 'TRUE' }), 'exact')).toBe(true);
    expect(queryFlag(request({ exact: 'yes' }), 'exact')).toBe(false);
    expect(queryFlag(request({}), 'exact')).toBeUndefined();
  });

  it('name attributes, with quotes around what holds spaces', () => {
    expect(attributesOf('team:red "full name":"Dora Dee" empty:""')).toEqual({ team: 'red', 'full name': 'Dora Dee', empty: '' });
  });
});
