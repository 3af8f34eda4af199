import { SaxesParser } from 'saxes';
import { ConfigurationError } from '../configuration-error.ts';
import { type Place, showPlace } from '../stack/protocol.ts';

/** An element with its place in the file; names without their namespace prefixes. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, XmlAttribute>;
  readonly children: readonly XmlElement[];
  /** Text directly inside, trimmed. */
  readonly text: string;
  readonly place: Place;
}

export interface XmlAttribute {
  readonly value: string;
  readonly place: Place;
}

export const maxXmlBytes = 1_048_576;
const MAX_DEPTH = 64;
const MAX_ELEMENTS = 20_000;
const MAX_ATTRIBUTES = 200;

interface Growing {
  readonly name: string;
  readonly attributes: Map<string, XmlAttribute>;
  readonly children: Growing[];
  text: string;
  readonly place: Place;
}

/** A mistake in a configuration file, with its place. */
export function xmlError(place: Place, problem: string): ConfigurationError {
  return new ConfigurationError(`${showPlace(place)}: ${problem}`);
}

/** Declarations of namespaces and of where a schema can be found say nothing about the caches. */
function isBookkeeping(name: string): boolean {
  return name === 'xmlns' || name.startsWith('xmlns:') || name.startsWith('xsi:');
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

/**
 * Reads a whole XML document. A DOCTYPE is refused, so there are no entities beyond the five of XML; size, depth and counts are bounded.
 * @throws ConfigurationError with file, line and column.
 */
export function parseXml(text: string, file: string): XmlElement {
  // Namespaces are not resolved: that is quadratic in saxes for deep documents, and the local names are unambiguous here.
  const parser = new SaxesParser({ xmlns: false, position: true });
  const here = (): Place => ({ file, line: parser.line, column: parser.columnIndex + 1 });
  if (Buffer.byteLength(text) > maxXmlBytes) throw xmlError({ file, line: 1, column: 1 }, `the file is larger than ${maxXmlBytes} bytes`);
  const open: Growing[] = [];
  let root: Growing | undefined;
  let count = 0;
  let started: Place = here();
  let attributes = new Map<string, XmlAttribute>();
  parser.on('doctype', () => {
    throw xmlError(here(), 'a DOCTYPE is not accepted');
  });
  parser.on('error', (error) => {
    // The parser puts line and column before its words.
    throw xmlError(here(), error.message.replace(/^(?:[^:]*:)?\d+:\d+: /, ''));
  });
  parser.on('opentagstart', (tag) => {
    const at = here();
    started = { ...at, column: Math.max(1, at.column - tag.name.length - 2) };
    attributes = new Map();
  });
  parser.on('attribute', ({ name, value }) => {
    if (isBookkeeping(name)) return;
    const at = here();
    if (attributes.size >= MAX_ATTRIBUTES) throw xmlError(at, `more than ${MAX_ATTRIBUTES} attributes`);
    // Told at the end of the value; where that is on the line of the name, the name's column can be counted back.
    attributes.set(name, { value, place: { ...at, column: Math.max(1, at.column - name.length - value.length - 3) } });
  });
  parser.on('opentag', (tag) => {
    count += 1;
    if (count > MAX_ELEMENTS) throw xmlError(started, `more than ${MAX_ELEMENTS} elements`);
    if (open.length >= MAX_DEPTH) throw xmlError(started, `more than ${MAX_DEPTH} elements inside each other`);
    const element: Growing = { name: local(tag.name), attributes, children: [], text: '', place: started };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const append = (part: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += part;
  };
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element !== undefined) element.text = element.text.trim();
  });
  parser.write(text).close();
  if (root === undefined) throw xmlError({ file, line: 1, column: 1 }, 'the file holds no element');
  return root;
}
