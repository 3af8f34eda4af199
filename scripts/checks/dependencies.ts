import { textOf, trackedFiles } from './repository.ts';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

const EXACT = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/** Unpinned versions, runtime dependencies without a line in docs/dependencies.md, install scripts nobody decided on, addresses in the lock file. */
export function dependencyBreaches(): string[] {
  const breaches: string[] = [];
  const list = textOf('docs/dependencies.md');
  for (const path of trackedFiles().filter((file) => /^(?:package|packages\/(?:adapters\/)?[^/]+\/package)\.json$/.test(file))) {
    const manifest = JSON.parse(textOf(path)) as Manifest;
    for (const [name, version] of Object.entries({
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.devDependencies,
    })) {
      if (!EXACT.test(version)) breaches.push(`${path}: ${name} is not pinned exactly (${version})`);
    }
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
      if (!name.startsWith('@keygrid/') && !list.includes(`\`${name}\``))
        breaches.push(`docs/dependencies.md has no line for ${name} of ${path}`);
    }
  }
  const allowed = (JSON.parse(textOf('package.json')) as Manifest).allowScripts ?? {};
  const lock = JSON.parse(textOf('package-lock.json')) as { packages: Record<string, { hasInstallScript?: boolean; resolved?: string }> };
  for (const [path, entry] of Object.entries(lock.packages)) {
    const name = path.split('node_modules/').at(-1) ?? '';
    if (entry.hasInstallScript === true && allowed[name] === undefined)
      breaches.push(`${name} has an install script that allowScripts in package.json does not decide on`);
    if (entry.resolved?.startsWith('http') === true) breaches.push(`package-lock.json records a download address for ${name}`);
  }
  return breaches;
}
