import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { startBalancer } from './balancer.ts';

it('asks no node again after it was closed, also where it was closed while it waited for an answer', async () => {
  const waiting: ServerResponse[] = [];
  let asked = 0;
  let slow = false;
  const node = createServer((_, response) => {
    asked += 1;
    if (slow) waiting.push(response);
    else response.end();
  });
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
  const { port } = node.address() as AddressInfo;
  const balancer = await startBalancer({
    host: '127.0.0.1',
    port: 0,
    log: () => {},
    backends: [{ name: 'n1', host: '127.0.0.1', port, managementPort: port }],
  });
  slow = true;
  while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await balancer.close();
  slow = false;
  for (const response of waiting) response.end();
  const before = asked;
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(asked).toBe(before);
  await new Promise((resolve) => node.close(resolve));
});
