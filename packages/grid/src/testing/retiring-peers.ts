import { loadCredentials } from '../certificates/load-credentials.ts';
import { type Credentials, TlsChannel } from '../transport/secure-channel.ts';
import { MemoryCertificateStore } from './memory-certificate-store.ts';

// One dials the other again and again, while each stops trusting the other's certificate at some moment of the handshake. For a test.
const wantedRefusals = 5;
const limitMs = 60_000;
/** Moments are counted in turns of the loop: a busy machine stretches a handshake, but needs hardly more turns for it. */
const mostTurns = 40;

const own = (): Promise<Credentials> => loadCredentials(new MemoryCertificateStore(), Date.now());
const trusting = (mine: Credentials, other: Credentials): Credentials => ({ ...mine, trusted: [...mine.trusted, ...other.trusted] });
const refused = { listening: 0, dialing: 0 };
const isRefusal = (error: Error): boolean => error.message.includes('not among the trusted');

const [first, second] = [await own(), await own()];
const listening = new TlsChannel(first);
const dialing = new TlsChannel(second);
const { port } = await listening.listen({ host: '127.0.0.1', port: 0 }, 16, {
  opened: () => true,
  accepted: (stream) => {
    stream.on('error', () => {});
    stream.resume();
  },
  rejected: (error, raw) => {
    if (isRefusal(error)) refused.listening += 1;
    raw.destroy();
  },
  failed: (error) => {
    throw error;
  },
});

let rounds = 0;
const enough = (): boolean => Math.min(refused.listening, refused.dialing) >= wantedRefusals;
for (const endsAt = performance.now() + limitMs; performance.now() < endsAt && !enough(); rounds += 1) {
  listening.replaceCredentials(trusting(first, second));
  dialing.replaceCredentials(trusting(second, first));
  const stream = dialing.dial({ host: '127.0.0.1', port }, () => stream.end());
  stream.on('error', (error) => {
    if (isRefusal(error)) refused.dialing += 1;
  });
  stream.resume();
  const closed = new Promise<void>((resolve) => stream.once('close', () => resolve()));
  for (let turn = Math.floor(rounds / 2) % mostTurns; turn > 0; turn -= 1) await new Promise((resolve) => setImmediate(resolve));
  if (rounds % 2 === 0) listening.replaceCredentials(first);
  else dialing.replaceCredentials(second);
  await closed;
}
process.send?.({ rounds, refused }, undefined, {}, () => process.exit(0));
