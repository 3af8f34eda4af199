// One end of the transport in a process of its own; what it does comes over the channel to its parent.
import { systemTime } from '../../packages/grid/src/facade/time.ts';
import { TcpCarrier } from '../../packages/grid/src/transport/carrier.ts';
import { openUdxCarrier } from '../../packages/grid/src/transport/open-udx-carrier.ts';
import { PlainChannel, TlsChannel } from '../../packages/grid/src/transport/secure-channel.ts';
import { SocketTransport } from '../../packages/grid/src/transport/socket-transport.ts';
import { frameKind } from '../../packages/grid/src/transport/transport.ts';
import type { PeerCommand, PeerCount, PeerSettings } from './protocol.ts';

const { id, carrier: carrierName, credentials } = JSON.parse(process.argv[2] ?? '{}') as PeerSettings;
const other = 3 - id;
const MESSAGES_A_TURN = 512;

const carrier = carrierName === 'TCP' ? new TcpCarrier() : await openUdxCarrier('the benchmark', systemTime);
const channel = credentials === undefined ? new PlainChannel(carrier) : new TlsChannel(credentials, () => {}, carrier);
const transport = new SocketTransport({
  cluster: 'bench',
  bind: { host: '127.0.0.1', port: 0 },
  channel,
  time: systemTime,
  log: () => {},
});
const connected = Promise.withResolvers<void>();
let messages = 0;
let firstMs = 0;
let lastMs = 0;
let cpu = process.cpuUsage();
const address = await transport.listen({
  received: () => {
    lastMs = performance.now();
    if (messages === 0) firstMs = lastMs;
    messages += 1;
  },
  batchEnded: () => {},
  connected: (_, lane) => {
    if (lane === 'control') connected.resolve();
  },
  closed: () => {},
  refused: () => {},
});
transport.identify({ id, incarnation: id, name: `n${id}`, labels: {} });

async function send(bytes: number, seconds: number): Promise<number> {
  const body = new Uint8Array(bytes);
  const endMs = performance.now() + seconds * 1_000;
  let sent = 0;
  while (performance.now() < endMs) {
    for (let turn = 0; turn < MESSAGES_A_TURN; turn += 1) {
      if (transport.send(other, 'control', frameKind.data, (writer, bytes) => void writer.bytes(bytes), body) !== 'sent') break;
      sent += 1;
    }
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  while ((transport.figures()['queueBytes'] ?? 0) > 0) await new Promise<void>((resolve) => setImmediate(resolve));
  return sent;
}

function count(): PeerCount {
  const used = process.cpuUsage(cpu);
  const counted = { messages, durationMs: lastMs - firstMs, cpuUs: used.user + used.system };
  messages = 0;
  cpu = process.cpuUsage();
  return counted;
}

async function execute(command: PeerCommand): Promise<unknown> {
  switch (command.kind) {
    case 'connect':
      transport.peers([{ id: other, incarnation: other, address: { host: '127.0.0.1', port: command.port } }]);
      return connected.promise;
    case 'send':
      return send(command.bytes, command.seconds);
    case 'count':
      return count();
    case 'stop':
      await transport.close();
      process.disconnect();
      return undefined;
  }
}

process.on('message', (command: PeerCommand) => {
  void execute(command).then((answer) => {
    if (process.connected) process.send?.({ answer });
  });
});
process.send?.({ answer: address.port });
