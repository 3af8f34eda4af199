#!/usr/bin/env node
// The launcher. It is read by whatever Node the user has, so it keeps to what old ones understand; the server itself needs a newer one,
// which the repository brings along as the package `node`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED = [24, 11];

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

function pinnedRuntime(from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

const here = dirname(fileURLToPath(import.meta.url));

if (isNewEnough(process.versions.node)) {
  const { mainFile } = await import('./built-from.mjs');
  const { main } = await import(pathToFileURL(mainFile()).href);
  await main();
} else {
  const runtime = pinnedRuntime(here);
  if (runtime === undefined) {
    process.stderr.write(
      `keygrid needs Node ${NEEDED.join('.')} or newer; this is ${process.versions.node}, and the package 'node' that brings it along is not installed.\n` +
        `Run 'npm ci' in the repository, or install a newer Node.\n`,
    );
    process.exit(1);
  }
  const child = spawn(runtime, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C on a terminal reaches the child by itself; a signal sent to this process alone is passed on.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`${runtime} cannot be run: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)));
}
