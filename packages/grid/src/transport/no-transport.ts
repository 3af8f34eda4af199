import type { Address } from '../protocol/types.ts';
import type { SendOutcome, Transport } from './transport.ts';

/** Of a single node: there is nobody to talk to and nothing to listen on. */
export class NoTransport implements Transport {
  listen(): Promise<Address> {
    return Promise.resolve({ host: '127.0.0.1', port: 0 });
  }

  identify(): void {}

  peers(): void {}

  send(): SendOutcome {
    return 'unconnected';
  }

  figures(): Record<string, number> {
    return {};
  }

  bytesSentTo(): number {
    return 0;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
