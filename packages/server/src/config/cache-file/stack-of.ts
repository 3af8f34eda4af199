import { ConfigurationError } from '../configuration-error.ts';
import { builtInStacks } from '../stack/built-in-stacks.ts';
import { combineStack, plainStack } from '../stack/combine.ts';
import type { StackProtocol } from '../stack/protocol.ts';
import type { CacheFile, FileStack } from './cache-file.ts';
import { xmlError } from './xml.ts';

const builtIn: Readonly<Record<string, readonly StackProtocol[]>> = builtInStacks;

/** The protocols of a stack: of the file with all that it extends, else one that comes with the server. @throws ConfigurationError where there is none. */
export function stackOf(name: string, file: CacheFile): readonly StackProtocol[] {
  const find = (wanted: string, from: FileStack | undefined, seen: readonly string[]): readonly StackProtocol[] => {
    // A stack that extends its own name means the one that comes with the server.
    const stack = seen.includes(wanted) ? undefined : file.stacks.get(wanted);
    if (stack !== undefined) {
      if (stack.extends === undefined) return plainStack(stack.protocols);
      return combineStack(find(stack.extends, stack, [...seen, wanted]), stack.protocols);
    }
    const standard = Object.hasOwn(builtIn, wanted) ? builtIn[wanted] : undefined;
    if (standard !== undefined) return standard;
    const known = [...new Set([...Object.keys(builtIn), ...file.stacks.keys()])].join(', ');
    const problem = seen.includes(wanted)
      ? `stack '${wanted}' extends itself`
      : `ISPN000540: No such JGroups stack '${wanted}'. There are: ${known}.`;
    throw from === undefined ? new ConfigurationError(problem) : xmlError(from.place, problem);
  };
  return find(name, undefined, []);
}
