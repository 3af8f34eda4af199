import type { FileCache } from './cache-file.ts';
import { numberOf, type ReadElement, textOf } from './read-element.ts';
import { xmlError } from './xml.ts';

const MAX_CACHES = 256;
const MAX_NAME_CHARACTERS = 128;
const ELEMENT = /^(local|invalidation|replicated|distributed)-cache(-configuration)?$/;

/** Settings as one element says them, before those of its configuration are laid under. */
type Said = Omit<FileCache, 'name' | 'mode' | 'place'>;

/** The caches of a container, each with the settings of its configuration. @throws ConfigurationError with the line. */
export function readCaches(elements: readonly ReadElement[]): ReadonlyMap<string, FileCache> {
  const templates = new Map<string, ReadElement>();
  const caches = new Map<string, ReadElement>();
  for (const read of elements) {
    const match = ELEMENT.exec(read.name);
    if (match === null) continue;
    const { place } = read.element;
    const name = textOf(read, 'name');
    if (name === undefined) throw xmlError(place, `<${read.name}> has no name`);
    if (name.length > MAX_NAME_CHARACTERS) throw xmlError(place, `the name of the cache is longer than ${MAX_NAME_CHARACTERS} characters`);
    const into = match[2] === undefined ? caches : templates;
    const first = into.get(name);
    if (first !== undefined) throw xmlError(place, `'${name}' is defined twice, first in line ${first.element.place.line}`);
    into.set(name, read);
    if (caches.size > MAX_CACHES) throw xmlError(place, `more than ${MAX_CACHES} caches`);
  }
  const result = new Map<string, FileCache>();
  for (const [name, read] of caches) {
    const cache: FileCache = { ...settingsOf(read, templates, []), name, mode: modeOf(read), place: read.element.place };
    result.set(name, cache);
  }
  return result;
}

function modeOf(read: ReadElement): FileCache['mode'] {
  // The pattern admitted the element, so that its first word is one of the four.
  return ELEMENT.exec(read.name)?.[1] as FileCache['mode'];
}

function settingsOf(read: ReadElement, templates: ReadonlyMap<string, ReadElement>, seen: readonly string[]): Said {
  const own = saidBy(read);
  const base = textOf(read, 'configuration');
  if (base === undefined || base.startsWith('org.infinispan.')) return own;
  const template = templates.get(base);
  if (template === undefined || seen.includes(base)) {
    const known = [...templates.keys()].join(', ') || 'none';
    throw xmlError(read.element.place, `there is no configuration '${base}' for it. The file defines: ${known}`);
  }
  if (modeOf(template) !== modeOf(read))
    throw xmlError(read.element.place, `configuration '${base}' is ${modeOf(template)}, the cache is ${modeOf(read)}`);
  const under = settingsOf(template, templates, [...seen, base]);
  return { ...under, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) };
}

function saidBy(read: ReadElement): Said {
  const child = (name: string): ReadElement | undefined => read.children.find((one) => one.name === name);
  const expiration = child('expiration');
  const stateTransfer = child('state-transfer')?.values.get('enabled');
  return {
    owners: numberOf(read, 'owners'),
    lifespanMs: numberOf(expiration, 'lifespan'),
    maxIdleMs: numberOf(expiration, 'max-idle'),
    stateTransfer: typeof stateTransfer === 'boolean' ? stateTransfer : undefined,
    ...boundOf(child('memory') ?? child('eviction')),
  };
}

function boundOf(read: ReadElement | undefined): Pick<FileCache, 'maxCount' | 'boundPlace'> {
  if (read === undefined) return {};
  const nested = read.children.find((one) => one.name === 'object' || one.name === 'heap');
  const maxCount = numberOf(read, 'max-count') ?? numberOf(read, 'size') ?? numberOf(read, 'max-entries') ?? numberOf(nested, 'size');
  if (maxCount !== undefined && maxCount > 0 && textOf(read, 'when-full') === 'NONE')
    throw xmlError(read.element.place, `when-full="NONE" with a bound of ${maxCount} entries: say REMOVE, or leave the bound out`);
  // A bound of 0 is no bound, as in Infinispan's files.
  return { maxCount: maxCount === 0 ? -1 : maxCount, boundPlace: read.element.place };
}
