import type { FastifyRequest } from 'fastify';
import type { Page } from '../store/stores.ts';
import { badRequest, notFound } from './answers.ts';

/** Rows that a list without `max` answers at most where there can be many. */
export const DEFAULT_PAGE_SIZE = 100;

/** One query parameter; of several of the same name the first counts. */
export function queryText(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Readonly<Record<string, string | string[] | undefined>>)[name];
  return Array.isArray(value) ? value[0] : value;
}

/** A whole number; what is none is no resource at all, as the original sees it. @throws ReplyError 404. */
export function queryInteger(request: FastifyRequest, name: string): number | undefined {
  const text = queryText(request, name);
  if (text === undefined || text === '') return undefined;
  if (!/^-?\d{1,9}$/.test(text)) throw notFound('HTTP 404 Not Found');
  return Number(text);
}

/** `true` in any case is true, anything else false, absent undefined. */
export function queryFlag(request: FastifyRequest, name: string): boolean | undefined {
  const text = queryText(request, name);
  return text === undefined || text === '' ? undefined : text.toLowerCase() === 'true';
}

/** `first` and `max`; a negative number means that there is no bound. */
export function pageOf(request: FastifyRequest, defaultMax?: number): Page {
  const first = queryInteger(request, 'first');
  const max = queryInteger(request, 'max') ?? defaultMax;
  return {
    ...(first === undefined || first < 0 ? {} : { first }),
    ...(max === undefined || max < 0 ? {} : { max }),
  };
}

/** A page of what is in memory already. */
export function paged<T>(items: readonly T[], { first = 0, max }: Page): readonly T[] {
  return items.slice(first, max === undefined ? undefined : first + max);
}

/** `q=key:value key2:"a value"`, the search by attributes. */
export function attributesOf(text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined) return undefined;
  const found: Record<string, string> = {};
  for (const [, key, quotedKey, value, quotedValue] of text.matchAll(/(?:([^\s:"]+)|"([^"]+)"):(?:([^\s"]+)|"([^"]*)")/g)) {
    found[key ?? quotedKey ?? ''] = value ?? quotedValue ?? '';
  }
  return found;
}

/** All values of a query parameter; absent undefined. */
export function queryTexts(request: FastifyRequest, name: string): readonly string[] | undefined {
  const value = (request.query as Readonly<Record<string, string | string[] | undefined>>)[name];
  return value === undefined || value === '' ? undefined : [value].flat();
}

const DAY_MS = 86_400_000;

/** A day (`yyyy-MM-dd`, in UTC) or epoch milliseconds; a day stands for its first or its last moment. @throws ReplyError 400. */
export function queryDay(request: FastifyRequest, name: string, moment: 'start' | 'end'): number | undefined {
  const text = queryText(request, name);
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(day)) throw badRequest(`Invalid value for '${name}', expected format is yyyy-MM-dd or an Epoch timestamp`);
  return moment === 'start' ? day : day + DAY_MS - 1;
}
