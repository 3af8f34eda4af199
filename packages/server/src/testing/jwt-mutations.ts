import { createHmac, generateKeyPairSync } from 'node:crypto';

/** Numbers from 0 to 1, the same for a seed. */
export type Random = () => number;

export interface MutationInput {
  readonly token: string;
  /** What everybody may know of the key: its public half, as SPKI PEM. */
  readonly publicKey: string;
  readonly random: Random;
}

type Mutation = (input: MutationInput) => string;

const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

function taken(token: string): {
  header: Record<string, unknown>;
  payload: Record<string, unknown>;
  parts: readonly [string, string, string];
} {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  return { header: read(header), payload: read(payload), parts: [header, payload, signature] };
}

const withHeader =
  (change: (header: Record<string, unknown>, input: MutationInput) => unknown): Mutation =>
  (input) => {
    const { header, parts } = taken(input.token);
    return `${encode(change(header, input))}.${parts[1]}.${parts[2]}`;
  };

const strangers = ['P-256', 'P-384', 'P-521'].map((namedCurve) => generateKeyPairSync('ec', { namedCurve }));

/** Ways to make a token say something that nobody signed. Each gives a token that must be refused. */
export const jwtMutations: Readonly<Record<string, Mutation>> = {
  'alg none': ({ token, random }) => {
    const { parts } = taken(token);
    return `${encode({ alg: pick(random, ['none', 'None', 'NONE', 'nOnE']) })}.${parts[1]}.${pick(random, ['', parts[2]])}`;
  },
  'another algorithm': withHeader((header, { random }) => ({
    ...header,
    alg: pick(
      random,
      ['RS256', 'ES256', 'ES384', 'PS512', 'EdDSA', 'HS512', 'HS256', 'rs256', '', 'RS1', 'dir'].filter((name) => name !== header['alg']),
    ),
  })),
  'the public key as an HMAC secret': ({ token, publicKey, random }) => {
    const { header, parts } = taken(token);
    const input = `${encode({ ...header, alg: 'HS256' })}.${parts[1]}`;
    const secret = pick(random, [publicKey, publicKey.trim(), publicKey.replace(/-----.*-----|\n/g, ''), '']);
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  },
  'an embedded key': withHeader((header, { random }) => ({ ...header, jwk: pick(random, strangers).publicKey.export({ format: 'jwk' }) })),
  'an address of keys': withHeader((header, { random }) => ({
    ...header,
    [pick(random, ['jku', 'x5u'])]: pick(random, ['https://evil.example/jwks', 'file:///etc/passwd', 'http://169.254.169.254/']),
  })),
  'a certificate': withHeader((header) => ({ ...header, x5c: ['AAAA'] })),
  'a critical extension': withHeader((header, { random }) => ({ ...header, crit: [pick(random, ['exp', 'b64', 'x'])], b64: false })),
  'another key id': withHeader((header, { random }) => ({
    ...header,
    kid: pick(random, ['', '../../dev/null', "' OR 1=1 --", 'x'.repeat(900), 7, null, {}]),
  })),
  'no key id and another type': withHeader(({ kid: _kid, ...header }) => ({ ...header, typ: 7 })),
  'duplicate members of the header': ({ token }) => {
    const { header, parts } = taken(token);
    return `${encode(`{"alg":"none",${JSON.stringify(header).slice(1)}`)}.${parts[1]}.${parts[2]}`;
  },
  'duplicate claims': ({ token, random }) => {
    const { payload, parts } = taken(token);
    const name = pick(random, ['sub', 'iss', 'aud', 'exp', '\\u0073ub']);
    return `${parts[0]}.${encode(`{"${name}":"x",${JSON.stringify(payload).slice(1)}`)}.${parts[2]}`;
  },
  'another claim': ({ token, random }) => {
    const { payload, parts } = taken(token);
    const name = pick(random, ['sub', 'iss', 'azp', 'exp', 'sid', 'jti', 'aud']);
    return `${parts[0]}.${encode({ ...payload, [name]: pick(random, ['x', 9_999_999_999, null, [], {}, true, -1, 1e308]) })}.${parts[2]}`;
  },
  'nesting without end': ({ token, random }) => {
    const { parts } = taken(token);
    const depth = 50 + Math.floor(random() * 3_000);
    return `${parts[0]}.${encode(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)}.${parts[2]}`;
  },
  'a huge payload': ({ token, random }) => {
    const { payload, parts } = taken(token);
    return `${parts[0]}.${encode({ ...payload, x: 'x'.repeat(1_000 + Math.floor(random() * 200_000)) })}.${parts[2]}`;
  },
  'a flipped bit': ({ token, random }) => {
    const { parts } = taken(token);
    const at = Math.floor(random() * 3) as 0 | 1 | 2;
    const bytes = Buffer.from(parts[at], 'base64url');
    const place = Math.floor(random() * bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << Math.floor(random() * 8));
    return parts.map((part, index) => (index === at ? bytes.toString('base64url') : part)).join('.');
  },
  'a signature cut or grown': ({ token, random }) => {
    const { parts } = taken(token);
    const signature = Buffer.from(parts[2], 'base64url');
    const changed =
      random() < 0.5
        ? signature.subarray(0, Math.floor(random() * signature.length))
        : Buffer.concat([signature, Buffer.alloc(1 + random() * 8)]);
    return `${parts[0]}.${parts[1]}.${changed.toString('base64url')}`;
  },
  'a signature of zeros': ({ token, random }) => {
    const { parts } = taken(token);
    return `${parts[0]}.${parts[1]}.${Buffer.alloc(pick(random, [1, 64, 96, 132, 256])).toString('base64url')}`;
  },
  'other letters for the same bytes': ({ token, random }) =>
    pick(random, [`${token}=`, `${token}==`, ` ${token}`, `${token}\n`, token.replace('.', '..'), `${token}.`]),
  'other parts': ({ token, random }) => {
    const { parts } = taken(token);
    const [a, b, c] = parts;
    return pick(random, [
      `${b}.${a}.${c}`,
      `${a}.${c}.${b}`,
      `${a}.${a}.${c}`,
      `${a}.${b}`,
      `.${b}.${c}`,
      `${a}..${c}`,
      `${a}.${b}.${c}.${c}`,
      '..',
      '',
    ]);
  },
};
