import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Above what programs are given by convention, below what systems hand out to outgoing connections: nobody takes such a port by chance. */
const firstPort = 20_000;
const blockSize = 40;
const blocks = 250;
/** Who finds its port taken may take the next one, which should be nobody else's. */
const stride = 7;
/** Marks of blocks that processes have for themselves, one folder a user of the machine. */
const folder = join(tmpdir(), `keygrid-ports-${process.getuid?.() ?? 0}`);
const marked: string[] = [];
let tried = 0;
let block: number | undefined;
let given = 0;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)));
  });
}

function unmark(): void {
  for (const file of marked) rmSync(file, { force: true });
}

function mark(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid}`, { flag: 'wx' });
    if (marked.length === 0) process.once('exit', unmark);
    marked.push(file);
    return true;
  } catch {
    return false;
  }
}

function isLeft(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** A block of ports that no other process or thread has: a port is often used, left and used again, and must not be given away between. */
function nextBlock(): number {
  mkdirSync(folder, { recursive: true });
  while (tried < blocks) {
    const candidate = (process.pid + tried) % blocks;
    tried += 1;
    const file = join(folder, `${candidate}`);
    if (mark(file)) return candidate;
    if (!isLeft(file)) continue;
    rmSync(file, { force: true });
    if (mark(file)) return candidate;
  }
  throw new Error(`no port is left; blocks are marked in ${folder}`);
}

/** Ports of 127.0.0.1 that nobody listens on now; all different, and given to nobody else as long as this process lives. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    if (block === undefined || given === blockSize) {
      block = nextBlock();
      given = 0;
    }
    const port = firstPort + block * blockSize + ((given * stride) % blockSize);
    given += 1;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}
