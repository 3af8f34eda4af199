import { describe, expect, it } from 'vitest';
import { Cookies, cookieBytes, readUdxMessage, type UdxMessage, writeUdxMessage } from './udx-handshake.ts';

const cookie = Uint8Array.from({ length: cookieBytes }, (_, index) => index);
const messages: readonly UdxMessage[] = [
  { kind: 'open', from: 0xffff_ffff, cookie },
  { kind: 'retry', to: 7, cookie },
  { kind: 'opened', to: 7, from: 0x8000_0000, cookie },
  { kind: 'full', to: 7 },
];

describe('the handshake before a stream of datagrams', () => {
  it('survives the wire, and no answer is longer than what it answers', () => {
    for (const message of messages) expect(readUdxMessage(writeUdxMessage(message))).toEqual(message);
    expect(new Set(messages.map((message) => writeUdxMessage(message).length)).size).toBe(1);
  });

  it('takes nothing else for a message', () => {
    const bytes = writeUdxMessage(messages[0] as UdxMessage);
    expect(readUdxMessage(bytes.subarray(0, -1))).toBeUndefined();
    expect(readUdxMessage(Uint8Array.of(...bytes, 0))).toBeUndefined();
    expect(readUdxMessage(Uint8Array.of(0xff, ...bytes.subarray(1)))).toBeUndefined();
    const unknown = Uint8Array.from(bytes);
    unknown[4] = 9;
    expect(readUdxMessage(unknown)).toBeUndefined();
  });

  it('believes a cookie for one address and stream, and for a minute at most', () => {
    const cookies = new Cookies(new Uint8Array(32));
    const made = cookies.make('10.0.0.1', 7_800, 5, 1_000);
    expect(cookies.fits(made, '10.0.0.1', 7_800, 5, 31_000)).toBe(true);
    expect(cookies.fits(made, '10.0.0.1', 7_800, 5, 61_000)).toBe(false);
    expect(cookies.fits(made, '10.0.0.2', 7_800, 5, 1_000)).toBe(false);
    expect(cookies.fits(made, '10.0.0.1', 7_801, 5, 1_000)).toBe(false);
    expect(cookies.fits(made, '10.0.0.1', 7_800, 6, 1_000)).toBe(false);
    expect(new Cookies(new Uint8Array(32).fill(1)).fits(made, '10.0.0.1', 7_800, 5, 1_000)).toBe(false);
  });
});
