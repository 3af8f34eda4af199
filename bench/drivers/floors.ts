import { generateKeyPair, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { hashRaw } from '@node-rs/argon2';

/** CPU milliseconds of the two steps that no server in our language can do for less. */
export interface Floors {
  /** Argon2id with 7 MiB, five passes, one lane. */
  readonly passwordHashMs: number;
  /** RS256 with RSA-2048 over a thousand bytes. */
  readonly signatureMs: number;
}

const HASHES = 40;
const SIGNATURES = 400;

async function cpuMsOf(times: number, work: () => Promise<unknown>): Promise<number> {
  await work();
  const before = process.cpuUsage();
  for (let index = 0; index < times; index += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}

/** Measured alone, one after the other, by the libraries that the server uses. */
export async function measureFloors(): Promise<Floors> {
  const salt = randomBytes(16);
  // 2 is Argon2id in the library's enumeration.
  const hash = { algorithm: 2, memoryCost: 7168, timeCost: 5, parallelism: 1, outputLen: 32, salt };
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const data = randomBytes(1000);
  const signOnce = (): Promise<Buffer> =>
    new Promise((resolve, reject) =>
      sign('sha256', data, privateKey, (error, signature) => (error === null ? resolve(signature) : reject(error))),
    );
  return { passwordHashMs: await cpuMsOf(HASHES, () => hashRaw('correct horse', hash)), signatureMs: await cpuMsOf(SIGNATURES, signOnce) };
}
