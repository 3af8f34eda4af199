/** Notes beside a build what it was made from. @param dist folder `dist` of the package */
export function markBuilt(dist: string): void;
/** Absolute path of the file to run: the build where it is fresh or alone, else the sources. */
export function mainFile(): string;
