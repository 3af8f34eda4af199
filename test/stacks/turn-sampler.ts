// Loaded into a node that is watched (`node --import`): how much processor time of the main thread one turn of the loop takes at most. Unlike
// a delay by the clock it holds nothing of what other programs of the machine do. The longest turn and the sum go to a file, over and over.
import { writeFileSync } from 'node:fs';
import process from 'node:process';

const everyMs = 5;
const writeEveryMs = 100;
const file = process.env['KEYGRID_TEST_TURNS'];

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

const beganMs = cpuMs();
let lastMs = beganMs;
let longestMs = 0;
let writtenAt = performance.now();
if (file !== undefined)
  setInterval(() => {
    const nowMs = cpuMs();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    if (performance.now() - writtenAt < writeEveryMs) return;
    writtenAt = performance.now();
    writeFileSync(file, JSON.stringify({ longestMs, sumMs: nowMs - beganMs }));
    longestMs = 0;
  }, everyMs).unref();
