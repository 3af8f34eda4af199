import type { Runtime } from 'node:inspector';
import { fileURLToPath } from 'node:url';

/** Where a function of a profile lives. */
export interface Place {
  /** The room of this repository, the package, or what of the runtime it is. */
  readonly room: string;
  /** Relative to the repository or `node_modules/…`; never a path of the machine. Empty for what has no file. */
  readonly file: string;
  /** Source of this repository. */
  readonly own: boolean;
  /** Works for whoever called it: functions of the runtime. */
  readonly helps: boolean;
}

/** Room of the runtime's functions in C++. */
export const NATIVE = 'native functions';

/** What the profiler calls time that belongs to no function. */
const ofTheEngine: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collector'],
  ['(program)', 'native code without JavaScript below it'],
  ['(root)', 'native code without JavaScript below it'],
]);

const foreign = (room: string, file = ''): Place => ({ room, file, own: false, helps: false });

function pathOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url;
}

/** `packages/server/src/oidc/grants/x.ts` is of the room `packages/server/src/oidc`, `packages/server/src/context.ts` of `packages/server/src`. */
function roomOf(file: string): string {
  const folders = file.split('/').slice(0, -1);
  const source = folders.indexOf('src');
  return source === -1 ? folders.join('/') : folders.slice(0, source + 2).join('/');
}

/** Finds the place of a call frame; `root` is the folder of the checkout. */
export function placeOf(frame: Runtime.CallFrame, root: string): Place {
  const { url, functionName, scriptId } = frame;
  const engine = ofTheEngine.get(functionName);
  if (engine !== undefined) return foreign(engine);
  // Functions of the runtime in C++ have no script; code made at run time (templates, validators) has one without a name.
  if (url === '' && scriptId === '0') return { ...foreign(NATIVE), helps: true };
  if (url === '') return foreign('code made at run time');
  if (url.startsWith('node:')) return { ...foreign('node: (the runtime, in JavaScript)', url), helps: true };
  const path = pathOf(url);
  const modules = path.lastIndexOf('/node_modules/');
  if (modules !== -1) {
    const file = path.slice(modules + 1);
    const [, first = '', second = ''] = file.split('/');
    return foreign(`node_modules/${first.startsWith('@') ? `${first}/${second}` : first}`, file);
  }
  if (!path.startsWith(`${root}/`)) return foreign('elsewhere', path.split('/').at(-1) ?? '');
  const file = path.slice(root.length + 1);
  return { room: roomOf(file), file, own: true, helps: false };
}
