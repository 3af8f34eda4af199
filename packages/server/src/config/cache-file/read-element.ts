import { expand, type PropertyLookup } from '../stack/expand.ts';
import { showPlace } from '../stack/protocol.ts';
import { nearestNames } from '../suggest.ts';
import type { ElementRule } from './schema.ts';
import { type XmlElement, xmlError } from './xml.ts';

/** An element with its values read by the rules of the schema. */
export interface ReadElement {
  readonly element: XmlElement;
  readonly name: string;
  readonly values: ReadonlyMap<string, unknown>;
  readonly children: readonly ReadElement[];
}

export interface ReadContext {
  readonly lookup: PropertyLookup;
  /** What has no effect, with its place. */
  readonly notes: string[];
}

/** The text with its properties replaced. @throws ConfigurationError naming line and property where one is not set and has no default. */
export function expanded(text: string, place: XmlElement['place'], lookup: PropertyLookup): string {
  const expansion = expand(text, lookup);
  if ('text' in expansion) return expansion.text;
  const [name = ''] = expansion.missing;
  const first = name.split(',', 1)[0] ?? '';
  const wayOut = first.startsWith('env.') ? `set the environment variable ${first.slice(4)}` : `set -D${first}=<value>`;
  throw xmlError(place, `ISPN000901: Property ${name} is not set and has no default: ${wayOut}, or write \${${name}:default}`);
}

/** Reads an element by its rule. @throws ConfigurationError for what nobody knows or what cannot be honoured, with its place. */
export function readElement(element: XmlElement, rule: ElementRule, context: ReadContext): ReadElement {
  const empty: ReadElement = { element, name: element.name, values: new Map(), children: [] };
  if (rule.kind === 'refused')
    throw xmlError(element.place, `<${element.name}>${rule.named?.(element) ?? ''} cannot be honoured: ${rule.because}`);
  if (rule.kind === 'ignored') {
    if (rule.noted) context.notes.push(`${showPlace(element.place)}: <${element.name}>: ${rule.because}`);
    return empty;
  }
  const values = new Map<string, unknown>();
  for (const [name, { value, place }] of element.attributes) {
    const attribute = Object.hasOwn(rule.attributes, name) ? rule.attributes[name] : undefined;
    const shown = `attribute '${name}' of <${element.name}>`;
    if (attribute === undefined) {
      const near = nearestNames(name, Object.keys(rule.attributes)).slice(0, 3);
      throw xmlError(place, `${shown} is not known.${near.length === 0 ? '' : ` Near: ${near.join(', ')}.`}`);
    }
    if (attribute.effect === 'refused') throw xmlError(place, `${shown} cannot be honoured: ${attribute.because}`);
    if (attribute.effect === 'none') context.notes.push(`${showPlace(place)}: ${shown}: ${attribute.because}`);
    if (attribute.effect !== 'used') continue;
    const text = expanded(value, place, context.lookup);
    // An empty text comes from a reference with an empty default: as if the attribute were not there.
    if (text === '') continue;
    const reading = attribute.kind.read(text);
    if (!('value' in reading)) throw xmlError(place, `${shown}: ${'problem' in reading ? reading.problem : reading.message}`);
    values.set(name, reading.value);
  }
  if (rule.open === true) return { ...empty, values };
  const children = element.children.map((child) => {
    const childRule = Object.hasOwn(rule.children, child.name) ? rule.children[child.name] : undefined;
    if (childRule === undefined) {
      const near = nearestNames(child.name, Object.keys(rule.children)).slice(0, 3);
      throw xmlError(
        child.place,
        `<${child.name}> is not known inside <${element.name}>.${near.length === 0 ? '' : ` Near: ${near.join(', ')}.`}`,
      );
    }
    return readElement(child, childRule, context);
  });
  return { ...empty, values, children };
}

export function textOf(read: ReadElement | undefined, name: string): string | undefined {
  const value = read?.values.get(name);
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(read: ReadElement | undefined, name: string): number | undefined {
  const value = read?.values.get(name);
  return typeof value === 'number' ? value : undefined;
}
