import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '@keygrid/grid/testing';

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

const startWithinMs = 90_000;

/** Waits until somebody accepts connections there. */
export async function listening(port: number): Promise<void> {
  for (const began = performance.now(); ; ) {
    const accepted = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (accepted) return;
    if (performance.now() - began > startWithinMs) throw new Error(`nobody listens on port ${port} after ${startWithinMs} ms`);
    await delay(50);
  }
}
