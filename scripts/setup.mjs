// Installs the dependencies when node_modules is missing or older than the lock file, and builds the consoles when they are missing or
// stale. Runs on any Node >= 20, before anything is installed, so it is plain JavaScript that uses nothing but Node and npm.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lock = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');
const consoleBuild = join(root, 'packages', 'console', 'build', 'main.ts');
const runtime = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const [major] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(`Node ${process.versions.node} is too old to install this project: Node 20 or later is needed.`);
  process.exit(1);
}

function isCurrent() {
  return existsSync(installed) && existsSync(runtime) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs - 1000;
}

if (!isCurrent()) {
  const count = Object.keys(JSON.parse(readFileSync(lock, 'utf8')).packages).length;
  console.log(`Installing ${count} packages (once; about half a minute) ...`);
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const outcome = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (outcome.status !== 0) {
    console.error('npm ci failed; its message stands above. Check the network and the registry that npm uses, then try again.');
    process.exit(outcome.status ?? 1);
  }
  if (!existsSync(runtime)) {
    console.error(
      'The pinned Node runtime was not installed. Install scripts must be allowed for the package "node": run npm ci --ignore-scripts=false',
    );
    process.exit(1);
  }
}

const build = spawnSync(runtime, [consoleBuild, '--if-stale'], { cwd: root, stdio: 'inherit' });
if (build.status !== 0) {
  console.error('The consoles could not be built; the message stands above. Try again with: npm run build:console');
  process.exit(build.status ?? 1);
}
