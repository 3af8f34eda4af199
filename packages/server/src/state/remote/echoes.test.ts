import { describe, expect, it } from 'vitest';
import { Echoes } from './echoes.ts';
import { UnansweredError, type WorkMessage } from './remote-connection.ts';

function openEchoes() {
  const seen: boolean[] = [];
  let isCut = false;
  const echoes: Echoes = new Echoes({
    nodeId: 'n',
    publish: async ({ channel, payload }: WorkMessage) => {
      if (isCut) throw new UnansweredError('no answer');
      echoes.receive(channel, payload);
    },
    observe: () => undefined,
    changed: (carries) => void seen.push(carries),
  });
  return { echoes, seen, cut: (now: boolean) => (isCut = now) };
}

describe('messages of a node to itself', () => {
  it('say once that the channel carries no more, and once that it does again', async () => {
    const { echoes, seen, cut } = openEchoes();
    expect([await echoes.heard(), echoes.carries, seen]).toEqual([true, true, []]);
    cut(true);
    const missed = [];
    for (let beat = 0; beat < 5; beat += 1) missed.push([await echoes.heard(), echoes.carries]);
    expect(missed).toEqual([
      [false, true],
      [false, true],
      [false, false],
      [false, false],
      [false, false],
    ]);
    expect(seen).toEqual([false]);
    cut(false);
    expect([await echoes.heard(), echoes.carries, seen]).toEqual([true, true, [false, true]]);
  });
});
