import type { MemberId } from '../protocol/types.ts';
import { assert } from './assert.ts';
import { limits } from './limits.ts';
import { noAnswer, type TopicAcknowledge, type TopicMessage } from './messages.ts';
import type { DataNode } from './node.ts';

/** Answers of the members that acknowledged; those without one answered nothing. */
export type TopicAnswers = ReadonlyMap<MemberId, Uint8Array>;

/** How a message ended: whether every other member acknowledged in time, and what they answered. */
export type PublishDone = (all: boolean, answers: TopicAnswers) => void;

interface Published {
  readonly payload: Uint8Array;
  readonly waiting: Set<MemberId>;
  readonly answers: Map<MemberId, Uint8Array>;
  readonly startedMs: number;
  readonly deadlineMs: number;
  sentMs: number;
  done: PublishDone | undefined;
}

interface Sending {
  number: number;
  readonly published: Map<number, Published>;
}

interface Received {
  incarnation: number;
  number: number;
  readonly running: Set<number>;
  /** Answers that may have to be given again. */
  readonly answers: Map<number, { readonly bytes: Uint8Array; readonly atMs: number }>;
}

/**
 * Numbered messages to all other members, acknowledged when their handlers have run (L4). A receiver that finds a hole is told so and clears
 * what it derived. Epochs do not matter here: telling somebody twice or too early is harmless, not telling is not.
 */
export class Topics {
  readonly #node: DataNode;
  readonly #sending = new Map<string, Sending>();
  readonly #received = new Map<string, Map<MemberId, Received>>();

  constructor(node: DataNode) {
    this.#node = node;
  }

  /** `done(true)` when every other member of the view has acknowledged within `timeoutMs`. */
  publish(topic: string, payload: Uint8Array, timeoutMs: number, nowMs: number, done: PublishDone): void {
    let sending = this.#sending.get(topic);
    if (sending === undefined) {
      assert(this.#sending.size < limits.maxTopics, 'R1 number of topics');
      sending = { number: 0, published: new Map() };
      this.#sending.set(topic, sending);
    }
    sending.number += 1;
    const others = this.#node.memberIds.filter((member) => member !== this.#node.self);
    if (others.length === 0) {
      done(this.#node.view !== undefined, new Map());
      return;
    }
    if (sending.published.size >= limits.maxTopicMessages) {
      const oldest = sending.published.keys().next().value;
      if (oldest !== undefined) this.#give(sending, oldest, false, true);
    }
    const published: Published = {
      payload,
      waiting: new Set(others),
      answers: new Map(),
      startedMs: nowMs,
      deadlineMs: nowMs + timeoutMs,
      sentMs: nowMs,
      done,
    };
    sending.published.set(sending.number, published);
    for (const member of others) this.#send(member, topic, sending.number, published);
  }

  message(from: MemberId, message: TopicMessage): void {
    if (!this.#node.memberIds.includes(from)) return;
    let senders = this.#received.get(message.topic);
    if (senders === undefined) {
      assert(this.#received.size < limits.maxTopics, 'R1 number of topics');
      senders = new Map();
      this.#received.set(message.topic, senders);
    }
    let received = senders.get(from);
    if (received === undefined || received.incarnation < message.incarnation) {
      received = { incarnation: message.incarnation, number: 0, running: new Set(), answers: new Map() };
      senders.set(from, received);
    }
    if (message.incarnation < received.incarnation) return;
    if (message.number <= received.number) {
      if (!received.running.has(message.number)) this.#acknowledge(from, message, received.answers.get(message.number)?.bytes);
      return;
    }
    if (message.number > received.number + 1) this.#node.environment.topicGap(message.topic, from);
    received.number = message.number;
    const { running, answers } = received;
    running.add(message.number);
    this.#node.environment.topicMessage(message.topic, from, message.payload, (answer) => {
      if (!running.delete(message.number)) return;
      if (answer !== undefined) {
        if (answers.size >= limits.maxTopicMessages) answers.delete(answers.keys().next().value ?? 0);
        answers.set(message.number, { bytes: answer, atMs: this.#node.nowMs });
      }
      this.#acknowledge(from, message, answer);
    });
  }

  acknowledged(from: MemberId, message: TopicAcknowledge): void {
    const sending = this.#sending.get(message.topic);
    const published = sending?.published.get(message.number);
    if (sending === undefined || published === undefined || message.incarnation !== this.#node.incarnation) return;
    if (!published.waiting.delete(from)) return;
    if (message.answer.length > 0) published.answers.set(from, message.answer);
    if (published.waiting.size === 0) this.#give(sending, message.number, true, true);
  }

  /** Members that left need not answer: they clear on return. */
  install(): void {
    for (const sending of this.#sending.values()) {
      for (const [number, published] of [...sending.published]) {
        for (const member of published.waiting) if (!this.#node.memberIds.includes(member)) published.waiting.delete(member);
        if (published.waiting.size === 0) this.#give(sending, number, true, true);
      }
    }
    for (const senders of this.#received.values())
      for (const member of senders.keys()) if (!this.#node.memberIds.includes(member)) senders.delete(member);
  }

  tick(nowMs: number): void {
    this.#forgetAnswers(nowMs);
    for (const [topic, sending] of this.#sending) {
      for (const [number, published] of [...sending.published]) {
        if (nowMs >= published.deadlineMs) this.#give(sending, number, false, false);
        if (nowMs - published.startedMs >= limits.topicRetainMs) sending.published.delete(number);
        else if (nowMs - published.sentMs >= limits.resendMs) {
          published.sentMs = nowMs;
          for (const member of published.waiting) this.#send(member, topic, number, published);
        }
      }
    }
  }

  /** Nobody asks again for what is older than a sender keeps its messages. */
  #forgetAnswers(nowMs: number): void {
    for (const senders of this.#received.values()) {
      for (const { answers } of senders.values()) {
        for (const [number, { atMs }] of answers) {
          if (nowMs - atMs < limits.topicRetainMs) break;
          answers.delete(number);
        }
      }
    }
  }

  /** Membership is lost: nobody can be reached, and what was received counts for nothing in the next life. */
  reset(): void {
    for (const sending of this.#sending.values()) {
      for (const number of [...sending.published.keys()]) this.#give(sending, number, false, true);
    }
    this.#sending.clear();
    this.#received.clear();
  }

  #give(sending: Sending, number: number, all: boolean, forget: boolean): void {
    const published = sending.published.get(number);
    if (forget) sending.published.delete(number);
    const done = published?.done;
    if (published === undefined || done === undefined) return;
    published.done = undefined;
    done(all, published.answers);
  }

  #send(to: MemberId, topic: string, number: number, published: Published): void {
    this.#node.environment.send(to, 'control', {
      kind: 'topic',
      epoch: this.#node.epoch,
      topic,
      incarnation: this.#node.incarnation,
      number,
      payload: published.payload,
    });
  }

  #acknowledge(to: MemberId, message: TopicMessage, answer: Uint8Array = noAnswer): void {
    const { topic, incarnation, number } = message;
    this.#node.environment.send(to, 'control', { kind: 'topicAcknowledge', epoch: this.#node.epoch, topic, incarnation, number, answer });
  }
}
