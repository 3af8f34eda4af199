import { type BuiltConsole, loadConsole } from '@keygrid/console';
import { ServerError } from '../http/errors.ts';

type ConsoleName = 'admin' | 'account';

const built = new Map<ConsoleName, BuiltConsole | undefined>();

/** A console as it came with the server, read once. @throws ServerError in a checkout where none was built. */
export function builtConsole(name: ConsoleName): BuiltConsole {
  if (!built.has(name)) built.set(name, loadConsole(name));
  const found = built.get(name);
  if (found === undefined) throw new ServerError('KG_CONSOLE_NOT_BUILT', `The ${name} console was not built: run npm run build:console`);
  return found;
}
