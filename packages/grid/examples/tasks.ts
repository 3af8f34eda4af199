// Work that the cluster does once, and work that every member does.
import { Grid } from '@keygrid/grid';

await using grid = await Grid.start({ nodeName: 'n1' });

// Once in the cluster: whoever coordinates runs it, under its lease. What it writes elsewhere it guards with the token: should a frozen member go
// on with an old run, its token is smaller than the last one seen.
let lastToken = 0n;
const swept = Promise.withResolvers<number>();
let runs = 0;
using _sweeper = grid.schedule('sweep', 20, async ({ signal, fencingToken }) => {
  if (signal.aborted || fencingToken <= lastToken) return;
  lastToken = fencingToken;
  runs += 1;
  if (runs === 3) swept.resolve(runs);
});
console.log(`swept ${await swept.promise} times, one after the other`);

// On every member: defined by each at its start, asked for by any of them.
grid.defineTask('uptime', () => ({ pid: process.pid }));
for (const { member, value, error } of await grid.runOnAll<{ pid: number }>('uptime'))
  console.log(member, value?.pid === process.pid ? 'answered' : `did not: ${error?.code}`);

// A message to all others; true when every one has handled it.
using _handler = grid.topic('news').subscribe((payload, sender) => console.log(`${sender} says ${String(payload)}`));
console.log('told everybody:', await grid.topic('news').publish('hello'));

// It prints:
// swept 3 times, one after the other
// n1 answered
// told everybody: true
