import type { Time } from '../../facade/time.ts';
import { type Address, PROTOCOL_VERSION } from '../../protocol/types.ts';
import type { ByteReader, ByteWriter } from '../../protocol/wire.ts';
import { Connection } from '../../transport/connection.ts';
import type { Channel } from '../../transport/secure-channel.ts';
import { windows } from '../../transport/socket-options.ts';
import { frameKind } from '../../transport/transport.ts';
import { keyOf } from './messages.ts';

const windowBytes = windows.control;
const maxWaiting = 64;
const pauseMs = 250;
const maxTextBytes = 8_192;

/** Protocol version, cluster name and list of addresses: whoever has another one votes in another cluster, or would not understand the questions. */
export function electorateOf(cluster: string, addresses: readonly Address[], version: number = PROTOCOL_VERSION): string {
  return `${version} ${cluster} ${addresses.map(keyOf).sort().join(' ')}`;
}

export interface VoterLinksOptions {
  readonly channel: Channel;
  readonly time: Time;
  /** See `electorateOf`. */
  readonly electorate: string;
  /** What a voter said to the question of that number. */
  answered(from: Address, number: number, vote: Uint8Array): void;
}

interface Question {
  readonly number: number;
  readonly body: Uint8Array;
}

/** A question, or the vote that answers it. */
function writeNumbered(writer: ByteWriter, { number, body }: Question): void {
  writer.f64(number).bytes(body);
}

interface Link {
  connection: Connection | undefined;
  /** The other side has said that it votes here too. */
  greeted: boolean;
  dialling: boolean;
  dueMs: number;
  readonly waiting: Question[];
}

/** Connections to the other voters, by address: questions are asked before anybody has an id, and of whoever stands there now. */
export class VoterLinks {
  readonly #options: VoterLinksOptions;
  readonly #links = new Map<string, Link>();
  #closed = false;

  constructor(options: VoterLinksOptions) {
    this.#options = options;
  }

  /** At most once; a question that cannot be asked is dropped, its asker gives up after a while. */
  ask(to: Address, number: number, body: Uint8Array): void {
    const link = this.#links.get(keyOf(to)) ?? { connection: undefined, greeted: false, dialling: false, dueMs: 0, waiting: [] };
    this.#links.set(keyOf(to), link);
    if (link.connection !== undefined && link.greeted) this.#send(link.connection, { number, body });
    else {
      link.waiting.push({ number, body });
      if (link.waiting.length > maxWaiting) link.waiting.shift();
      this.#dial(to, link);
    }
  }

  close(): void {
    this.#closed = true;
    for (const { connection } of this.#links.values()) connection?.destroy();
    this.#links.clear();
  }

  #send(connection: Connection, { number, body }: Question): void {
    connection.send(frameKind.ask, writeNumbered, { number, body });
  }

  #dial(to: Address, link: Link): void {
    const { channel, time, electorate } = this.#options;
    if (this.#closed || link.dialling || link.connection !== undefined || time.nowMs() < link.dueMs) return;
    link.dialling = true;
    const lost = () => {
      link.dialling = false;
      link.connection = undefined;
      link.greeted = false;
      link.dueMs = time.nowMs() + pauseMs;
    };
    const socket = channel.dial(to, () => {
      const connection = new Connection(socket, windowBytes, {
        frame: (kind, body) => {
          if (kind !== frameKind.vote) {
            connection.destroy();
            return;
          }
          const number = body.f64();
          const vote = body.bytes();
          body.end();
          if (link.greeted) {
            this.#options.answered(to, number, vote);
            return;
          }
          link.greeted = true;
          connection.establish(windowBytes);
          for (const question of link.waiting.splice(0)) this.#send(connection, question);
        },
        batchEnded: () => {},
        closed: lost,
      });
      link.dialling = false;
      link.connection = connection;
      connection.send(frameKind.electorate, (writer, text) => writer.string(text), electorate);
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (link.connection === undefined) lost();
    });
  }
}

/** What answers the questions of other voters. */
export interface Voter {
  readonly electorate: string;
  asked(ask: Uint8Array): Uint8Array;
}

/** The accepting side of a link: it turns voters of another electorate away. */
export class VoterGate {
  readonly #voter: Voter | undefined;
  #open = false;

  constructor(voter: Voter | undefined) {
    this.#voter = voter;
  }

  /** Undefined: this is no frame of a voter. */
  take(connection: Connection, kind: number, body: ByteReader): 'greeted' | 'handled' | undefined {
    const voter = this.#voter;
    if (voter === undefined || (kind !== frameKind.electorate && !this.#open)) return undefined;
    if (!this.#open) {
      const theirs = body.string(maxTextBytes);
      body.end();
      if (theirs !== voter.electorate) {
        connection.destroy(new Error('a voter of another cluster or protocol version, or with another list of addresses'));
        return 'handled';
      }
      this.#open = true;
      connection.establish(windowBytes);
      connection.send(frameKind.vote, writeNumbered, { number: 0, body: new Uint8Array() });
      return 'greeted';
    }
    const number = body.f64();
    const ask = body.bytes();
    body.end();
    const vote = voter.asked(ask);
    // Number 0 wants no answer.
    if (number !== 0) connection.send(frameKind.vote, writeNumbered, { number, body: vote });
    return 'handled';
  }
}
