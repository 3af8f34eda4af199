import type { PropertyLookup } from '../stack/expand.ts';
import type { StackProtocol } from '../stack/protocol.ts';
import { protocolName } from '../stack/protocols/index.ts';
import type { CacheFile, FileStack, FileTransport } from './cache-file.ts';
import { readCaches } from './file-caches.ts';
import { expanded, type ReadContext, type ReadElement, readElement, textOf } from './read-element.ts';
import { cacheFileSchema } from './schema.ts';
import { parseXml, type XmlElement, xmlError } from './xml.ts';

const MAX_STACKS = 64;
const MAX_PROTOCOLS = 64;
/** Names under which files point to the stacks that Infinispan brings along. */
const STANDARD_FILE = /^(?:default-configs\/)?default-jgroups-(tcp|udp|kubernetes|ec2|azure|google)\.xml$/;

export interface ParseInput {
  readonly text: string;
  /** As messages name it. */
  readonly file: string;
  readonly lookup: PropertyLookup;
  /** The text of a stack file that this one names, relative to it; undefined = there is none. */
  readonly readStackFile: (path: string) => string | undefined;
}

/** Reads conf/cache-ispn.xml. @throws ConfigurationError with file, line and column for anything malformed, unknown or not to be honoured. */
export function parseCacheFile(input: ParseInput): CacheFile {
  const root = parseXml(input.text, input.file);
  if (root.name !== 'infinispan') throw xmlError(root.place, `the file begins with <${root.name}>, not with <infinispan>`);
  const context: ReadContext = { lookup: input.lookup, notes: [] };
  const read = readElement(root, cacheFileSchema, context);
  const containers = read.children.filter((child) => child.name === 'cache-container');
  const [container, second] = containers;
  if (second !== undefined) throw xmlError(second.element.place, 'a second <cache-container>: the server has one');
  const stacks = new Map<string, FileStack>();
  for (const jgroups of read.children.filter((child) => child.name === 'jgroups')) addStacks(jgroups, stacks, input);
  const transport = container?.children.find((child) => child.name === 'transport');
  const lists = container?.children.filter((child) => child.name === 'caches').flatMap((list) => list.children) ?? [];
  return {
    name: input.file,
    transport: readTransport(transport, stacks, input),
    stacks,
    caches: readCaches([...(container?.children ?? []), ...lists]),
    notes: context.notes,
  };
}

function readTransport(read: ReadElement | undefined, stacks: Map<string, FileStack>, input: ParseInput): FileTransport {
  const file = read?.children.find((child) => child.name === 'property');
  const stack = textOf(read, 'stack') ?? (file === undefined ? undefined : stackOfFile(file, stacks, input));
  return {
    stack,
    cluster: textOf(read, 'cluster'),
    nodeName: textOf(read, 'node-name'),
    site: textOf(read, 'site'),
    rack: textOf(read, 'rack'),
    machine: textOf(read, 'machine'),
  };
}

/** `<property name="configurationFile">…</property>`, an older way to name a stack file. */
function stackOfFile({ element }: ReadElement, stacks: Map<string, FileStack>, input: ParseInput): string {
  const path = expanded(element.text, element.place, input.lookup);
  const standard = STANDARD_FILE.exec(path)?.[1];
  if (standard !== undefined) return standard;
  stacks.set(path, { name: path, protocols: protocolsOfFile(path, element, input), place: element.place });
  return path;
}

function addStacks(jgroups: ReadElement, stacks: Map<string, FileStack>, input: ParseInput): void {
  const add = (stack: FileStack): void => {
    if (stacks.has(stack.name)) throw xmlError(stack.place, `stack '${stack.name}' is defined twice`);
    if (stacks.size >= MAX_STACKS) throw xmlError(stack.place, `more than ${MAX_STACKS} stacks`);
    stacks.set(stack.name, stack);
  };
  for (const read of jgroups.children) {
    const { element } = read;
    const name = textOf(read, 'name');
    if (name === undefined) throw xmlError(element.place, `<${read.name}> has no name`);
    if (read.name === 'stack') {
      add({ name, extends: textOf(read, 'extends'), protocols: protocolsOf(element), place: element.place });
      continue;
    }
    const path = textOf(read, 'path');
    if (path === undefined) throw xmlError(element.place, `stack file '${name}' has no path`);
    const standard = STANDARD_FILE.exec(path)?.[1];
    if (standard === undefined) add({ name, protocols: protocolsOfFile(path, element, input), place: element.place });
    else add({ name, extends: standard, protocols: [], place: element.place });
  }
}

function protocolsOfFile(path: string, from: XmlElement, input: ParseInput): readonly StackProtocol[] {
  const text = input.readStackFile(path);
  if (text === undefined) throw xmlError(from.place, `the stack file '${path}' does not exist`);
  const root = parseXml(text, path);
  if (root.name !== 'config') throw xmlError(root.place, `a stack file begins with <config>, not with <${root.name}>`);
  return protocolsOf(root);
}

function protocolsOf(element: XmlElement): readonly StackProtocol[] {
  if (element.children.length > MAX_PROTOCOLS) throw xmlError(element.place, `more than ${MAX_PROTOCOLS} protocols`);
  return element.children.map((child) => {
    const [inner] = child.children;
    if (child.name === 'remote-sites' || inner !== undefined)
      throw xmlError(
        (inner ?? child).place,
        `<${(inner ?? child).name}> cannot be honoured: clusters are not linked by relays; members of both sites join one cluster`,
      );
    return {
      name: protocolName(child.name),
      attributes: new Map([...child.attributes].map(([name, { value }]) => [name, value])),
      place: child.place,
    };
  });
}
