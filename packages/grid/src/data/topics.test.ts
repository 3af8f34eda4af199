import { describe, expect, it } from 'vitest';
import { bytesOf, TestCluster, textOf } from './test-cluster.ts';

function publishing(): { cluster: TestCluster; publish: (text: string) => { all?: boolean } } {
  const cluster = new TestCluster([1, 2, 3]);
  cluster.install({ members: [1, 2, 3], owners: [1, 2, 3] });
  cluster.deliver();
  const publish = (text: string): { all?: boolean } => {
    const outcome: { all?: boolean } = {};
    cluster.core(1).topics.publish('work', bytesOf(text), 1_000, cluster.nowMs, (all) => {
      outcome.all = all;
    });
    return outcome;
  };
  return { cluster, publish };
}

describe('topics', () => {
  it('carry answers back, and give an answer that was lost again without running the handler twice', () => {
    const { cluster } = publishing();
    let ran = 0;
    cluster.answer = (payload) => {
      ran += 1;
      return bytesOf(`${payload}?`);
    };
    let answers: (string | undefined)[] = [];
    cluster.core(1).topics.publish('work', bytesOf('who'), 5_000, cluster.nowMs, (all, given) => {
      answers = [String(all), ...[...given.values()].map(textOf)];
    });
    let lost = false;
    cluster.drop = ({ message }) => {
      if (message.kind !== 'topicAcknowledge' || lost) return false;
      lost = true;
      return true;
    };
    cluster.deliver();
    expect(answers).toEqual([]);
    cluster.pass(600);
    expect(answers).toEqual(['true', 'who?', 'who?']);
    expect(ran).toBe(2);
  });

  it('tells a receiver that missed a message, and delivers the later one', () => {
    const { cluster, publish } = publishing();
    publish('a');
    cluster.deliver();
    cluster.drop = ({ message, to }) => message.kind === 'topic' && message.number === 2 && to === 3;
    publish('b');
    publish('c');
    cluster.deliver();
    expect(cluster.topicLog.filter((line) => line.startsWith('3'))).toEqual([
      '3 got a of 1 on work',
      '3 missed some of 1 on work',
      '3 got c of 1 on work',
    ]);
    expect(cluster.topicLog.filter((line) => line.startsWith('2'))).toEqual([
      '2 got a of 1 on work',
      '2 got b of 1 on work',
      '2 got c of 1 on work',
    ]);
  });

  it('sends again what was lost, and runs the handler once', () => {
    const { cluster, publish } = publishing();
    let lost = 0;
    cluster.drop = ({ message }) => message.kind === 'topicAcknowledge' && ++lost <= 2;
    const outcome = publish('a');
    cluster.deliver();
    expect(outcome.all).toBeUndefined();
    cluster.pass(600);
    expect(outcome.all).toBe(true);
    expect(cluster.topicLog).toEqual(['2 got a of 1 on work', '3 got a of 1 on work']);
  });

  it('does not wait for members that left', () => {
    const { cluster, publish } = publishing();
    cluster.kill(3);
    const outcome = publish('a');
    cluster.deliver();
    expect(outcome.all).toBeUndefined();
    cluster.install({ members: [1, 2], owners: [1, 2] });
    expect(outcome.all).toBe(true);
  });

  it('gives up after its time, in an answer', () => {
    const { cluster, publish } = publishing();
    cluster.drop = ({ to }) => to === 3;
    const outcome = publish('a');
    cluster.pass(1_100);
    expect(outcome.all).toBe(false);
  });
});
