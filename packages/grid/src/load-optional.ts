import { GridError } from './errors.ts';

/** Loads a package that is installed only where it is needed. @throws GridError GRID_PACKAGE_MISSING, which names it. */
export async function loadOptional<T>(name: string, purpose: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new GridError('GRID_PACKAGE_MISSING', `${purpose} needs the package ${name}: npm install ${name} (${reason})`, { cause: error });
  }
}
