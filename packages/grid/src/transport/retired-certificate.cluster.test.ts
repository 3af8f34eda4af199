import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('a peer whose certificate is retired in the middle of its handshake is refused, and the process lives', async () => {
  // In a process of its own: what this once did to a process no test can catch.
  const child = fork(fileURLToPath(new URL('../testing/retiring-peers.ts', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const answer = once(child, 'message').then(
    ([message]) => message as { readonly refused: { readonly listening: number; readonly dialing: number } },
  );
  const [code, signal] = await once(child, 'exit');
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  const { refused } = await answer;
  expect(refused.listening).toBeGreaterThan(0);
  expect(refused.dialing).toBeGreaterThan(0);
});
