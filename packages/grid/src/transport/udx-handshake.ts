import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Before a stream of datagrams is made, the dialer shows that it receives what is sent to the address it claims: the first answer carries a cookie
 * and costs the listener no memory (as QUIC's Retry, RFC 9000 section 8.1, and DTLS' HelloVerifyRequest, RFC 9147 section 5.1). No answer is longer
 * than what it answers, so that nobody is flooded through us.
 */
export type UdxMessage =
  /** Please open a stream; `from` is the dialer's number of it. */
  | { readonly kind: 'open'; readonly from: number; readonly cookie: Uint8Array }
  /** Say that again with this cookie. */
  | { readonly kind: 'retry'; readonly to: number; readonly cookie: Uint8Array }
  /** The listener's number of the stream. */
  | { readonly kind: 'opened'; readonly to: number; readonly from: number; readonly cookie: Uint8Array }
  | { readonly kind: 'full'; readonly to: number };

const magic = 0x4b47_5544;
export const cookieBytes = 16;
export const noCookie: Uint8Array = new Uint8Array(cookieBytes);
const messageBytes = 32;
const kinds = ['open', 'retry', 'opened', 'full'] as const;

export function writeUdxMessage(message: UdxMessage): Uint8Array {
  const bytes = Buffer.alloc(messageBytes);
  bytes.writeUInt32BE(magic, 0);
  bytes.writeUInt8(kinds.indexOf(message.kind), 4);
  if ('to' in message) bytes.writeUInt32BE(message.to, 5);
  if ('from' in message) bytes.writeUInt32BE(message.from, 9);
  if ('cookie' in message) bytes.set(message.cookie, 13);
  return bytes;
}

/** Undefined: anything else. */
export function readUdxMessage(bytes: Uint8Array): UdxMessage | undefined {
  if (bytes.length !== messageBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kind = kinds[view.getUint8(4)];
  if (view.getUint32(0) !== magic || kind === undefined) return undefined;
  const [to, from, cookie] = [view.getUint32(5), view.getUint32(9), Uint8Array.from(bytes.subarray(13, 13 + cookieBytes))];
  switch (kind) {
    case 'open':
      return { kind, from, cookie };
    case 'retry':
      return { kind, to, cookie };
    case 'opened':
      return { kind, to, from, cookie };
    case 'full':
      return { kind, to };
  }
}

const periodMs = 30_000;

/** Cookies that only this listener can make, for one address, one stream and at most two periods of 30 s. */
export class Cookies {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  make(host: string, port: number, stream: number, nowMs: number, periodsAgo = 0): Uint8Array {
    const period = Math.floor(nowMs / periodMs) - periodsAgo;
    return createHmac('sha256', this.#key).update(`${host} ${port} ${stream} ${period}`).digest().subarray(0, cookieBytes);
  }

  fits(cookie: Uint8Array, host: string, port: number, stream: number, nowMs: number): boolean {
    if (cookie.length !== cookieBytes) return false;
    const [now, before] = [this.make(host, port, stream, nowMs), this.make(host, port, stream, nowMs, 1)];
    // Both are compared always, each in constant time.
    const isNow = timingSafeEqual(cookie, now);
    return timingSafeEqual(cookie, before) || isNow;
  }
}
