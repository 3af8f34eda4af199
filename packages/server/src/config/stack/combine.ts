import { ConfigurationError } from '../configuration-error.ts';
import { type StackProtocol, showPlace } from './protocol.ts';
import { protocolName } from './protocols/index.ts';

const COMBINE = 'stack.combine';
const POSITION = 'stack.position';
const ways = ['COMBINE', 'INSERT_BEFORE', 'INSERT_AFTER', 'INSERT_ABOVE', 'INSERT_BELOW', 'REPLACE', 'REMOVE'] as const;
type Way = (typeof ways)[number];

/** Protocols that newer stacks have in place of older ones: a file that names the older one means the newer. */
const successors: Readonly<Record<string, string>> = {
  VERIFY_SUSPECT: 'VERIFY_SUSPECT2',
  FD_SOCK: 'FD_SOCK2',
  FD_ALL: 'FD_ALL3',
  FD_ALL2: 'FD_ALL3',
  MERGE2: 'MERGE3',
  NAKACK: 'NAKACK2',
  UNICAST: 'UNICAST3',
  UNICAST2: 'UNICAST3',
  FRAG2: 'FRAG4',
  FRAG3: 'FRAG4',
};

function fail(protocol: StackProtocol, problem: string): never {
  const where = protocol.place === undefined ? '' : `${showPlace(protocol.place)}: `;
  throw new ConfigurationError(`${where}${protocol.name}: ${problem}`);
}

/** The protocol without what only says where it goes. */
function bare({ name, attributes, place }: StackProtocol): StackProtocol {
  return { name, place, attributes: new Map([...attributes].filter(([key]) => key !== COMBINE && key !== POSITION)) };
}

function wayOf(protocol: StackProtocol, exists: boolean): Way | 'APPEND' {
  const text = protocol.attributes.get(COMBINE);
  if (text === undefined) return exists ? 'COMBINE' : 'APPEND';
  const way = ways.find((one) => one === text);
  return way ?? fail(protocol, `stack.combine="${text}" is none of ${ways.join(', ')}`);
}

/**
 * A stack that extends another one, as Infinispan combines them: one protocol after the other. COMBINE (the default where the parent has the protocol) lays
 * attributes over, REPLACE takes the place of `stack.position` or of the protocol of that name, REMOVE takes away, INSERT_BEFORE and INSERT_BELOW put
 * it nearer to the transport than `stack.position`, INSERT_AFTER and INSERT_ABOVE farther. A protocol that the parent does not have goes to the top.
 * @throws ConfigurationError with the line.
 */
export function combineStack(parent: readonly StackProtocol[], own: readonly StackProtocol[]): readonly StackProtocol[] {
  const result = [...parent];
  const indexOf = (name: string): number => result.findIndex((protocol) => protocol.name === name);
  const indexOfPosition = (name: string): number => {
    const found = indexOf(name);
    return found >= 0 ? found : indexOf(successors[name] ?? '');
  };
  for (const protocol of own) {
    const position = protocol.attributes.get(POSITION);
    const same = indexOf(protocol.name);
    const way = wayOf(protocol, same >= 0);
    const named = position === undefined ? -1 : indexOfPosition(protocolName(position));
    if (position !== undefined && named < 0)
      fail(protocol, `stack.position="${position}" names no protocol of the stack (${result.map(({ name }) => name).join(', ')})`);
    if (position !== undefined && (way === 'COMBINE' || way === 'REMOVE' || way === 'APPEND'))
      fail(protocol, `stack.position has no meaning with stack.combine="${way}"`);
    const fresh = bare(protocol);
    switch (way) {
      case 'APPEND':
        result.push(fresh);
        break;
      case 'COMBINE': {
        const base = result[same] ?? fail(protocol, 'the stack has no such protocol to combine with');
        result[same] = { ...fresh, attributes: new Map([...base.attributes, ...fresh.attributes]) };
        break;
      }
      case 'REMOVE':
        if (same < 0) fail(protocol, 'the stack has no such protocol to remove');
        result.splice(same, 1);
        break;
      case 'REPLACE': {
        const at = position === undefined ? same : named;
        if (at < 0) fail(protocol, 'there is no protocol of that name to replace: name another one with stack.position');
        result[at] = fresh;
        break;
      }
      default: {
        if (position === undefined) fail(protocol, `stack.combine="${way}" needs stack.position`);
        result.splice(way === 'INSERT_BEFORE' || way === 'INSERT_BELOW' ? named : named + 1, 0, fresh);
      }
    }
  }
  return result;
}

/** A stack without a parent: where protocols go has no meaning in it. */
export function plainStack(own: readonly StackProtocol[]): readonly StackProtocol[] {
  for (const protocol of own) {
    if (protocol.attributes.has(COMBINE) || protocol.attributes.has(POSITION))
      fail(protocol, 'stack.combine and stack.position need a stack with extends="…"');
  }
  return own;
}
