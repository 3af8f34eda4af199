import { createPrivateKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { clientTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import type { Client } from '../model/index.ts';
import { selfSignedCertificate } from '../realm/self-signed-certificate.ts';
import { type KeyStoreFormat, keyStoreFile, keyStoreFormats } from '../x509/key-store-file.ts';
import { type AdminCall, adminRoutes, bodyOf, parameter, write } from './admin-route.ts';
import { badRequest, notFound } from './answers.ts';
import { clientOf } from './lookups.ts';
import { keyStoreShape } from './representation-shapes.ts';
import { type KeyMaterial, uploadedMaterial } from './uploaded-certificate.ts';

const KEY_BITS = 4_096;
const MIN_KEY_BITS = 2_048;
const MAX_KEY_BITS = 8_192;
/** Attributes that hold what a client proves itself by -> their members in answers. */
const MEMBERS = { certificate: 'certificate', publicKey: 'public.key', privateKey: 'private.key', kid: 'kid', jwks: 'jwks' } as const;
const generate = promisify(generateKeyPair);

interface KeyStoreWish {
  readonly format?: string | null;
  readonly keyAlias?: string | null;
  readonly keyPassword?: string | null;
  readonly storePassword?: string | null;
  readonly realmAlias?: string | null;
  readonly realmCertificate?: boolean | null;
  readonly keySize?: number | null;
}

/** The certificate or key by which a client proves itself, as its attributes hold it: read, made, taken in, handed out as a key store. */
export function registerClientCertificates(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const at = '/clients/:clientUuid/certificates/:attribute';

  declare(`GET ${at}`, async (call) => materialOf(await clientOf(call), parameter(call.request, 'attribute')));

  declare(`POST ${at}/generate`, async (call) => {
    const made = await freshMaterial(await clientOf(call), context.clock.nowMs());
    await store(call, made);
    return made;
  });

  declare(`POST ${at}/download`, async (call) => {
    const client = await clientOf(call);
    const material = materialOf(client, parameter(call.request, 'attribute'));
    const wish = wishOf(call);
    if (material.certificate === undefined) throw notFound('keypair not generated for client');
    return sendStore(call, client, material, wish);
  });

  declare(`POST ${at}/generate-and-download`, async (call) => {
    const client = await clientOf(call);
    const wish = wishOf(call);
    const { privateKey, ...made } = await freshMaterial(client, context.clock.nowMs(), wish.keySize ?? undefined);
    // The key leaves with the answer: nobody else has it from now on.
    await store(call, made);
    return sendStore(call, client, { ...made, privateKey }, wish);
  });

  // Files are bytes; everything else that comes to Admin REST is text.
  app.register(async (files) => {
    files.removeAllContentTypeParsers();
    files.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    const declareUpload = adminRoutes(files, context);
    for (const [path, withKey] of [
      ['upload', true],
      ['upload-certificate', false],
    ] as const) {
      declareUpload(`POST ${at}/${path}`, async (call) => {
        await clientOf(call);
        const { privateKey, ...material } = await uploadedMaterial(call.request);
        const kept = withKey && privateKey !== undefined ? { ...material, privateKey } : material;
        await store(call, kept);
        return kept;
      });
    }
  });
}

function materialOf({ attributes }: Client, prefix: string): KeyMaterial {
  const shown = Object.entries(MEMBERS).map(([member, suffix]) => [member, attributes[`${prefix}.${suffix}`]] as const);
  return Object.fromEntries(shown.filter(([, value]) => value !== undefined && value !== ''));
}

/** Puts the material in the place of what was there, whole. */
async function store(call: AdminCall, material: KeyMaterial): Promise<void> {
  const { id } = await clientOf(call);
  const prefix = parameter(call.request, 'attribute');
  await write(call.context, async ({ clients }, touch) => {
    const current = await clients.byId(call.realm.id, id);
    if (current === undefined) throw notFound('Could not find client');
    const gone = new Set(Object.values(MEMBERS).map((suffix) => `${prefix}.${suffix}`));
    const others = Object.entries(current.attributes).filter(([name]) => !gone.has(name));
    const own = Object.entries(MEMBERS).flatMap(([member, suffix]) => {
      const value = material[member as keyof KeyMaterial];
      return value === undefined ? [] : [[`${prefix}.${suffix}`, value] as const];
    });
    touch(...clientTags(current));
    await clients.update({ ...current, attributes: Object.fromEntries([...others, ...own]) });
  });
}

async function freshMaterial({ clientId }: Client, nowMs: number, bits = KEY_BITS): Promise<KeyMaterial & { privateKey: string }> {
  if (bits < MIN_KEY_BITS || bits > MAX_KEY_BITS) throw badRequest(`A key has ${MIN_KEY_BITS} to ${MAX_KEY_BITS} bits`);
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: bits });
  const der = selfSignedCertificate(clientId, publicKey.export({ type: 'spki', format: 'der' }), privateKey, new Date(nowMs));
  return {
    privateKey: privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64'),
    certificate: Buffer.from(der).toString('base64'),
  };
}

/** @throws ReplyError 400. */
function wishOf({ request }: AdminCall): KeyStoreWish & { readonly format: KeyStoreFormat } {
  const wish = bodyOf<KeyStoreWish>(request, keyStoreShape);
  const format = keyStoreFormats.find((one) => one === wish.format);
  if (format === undefined)
    throw new ReplyError(406, { error: `Not supported keystore format. Supported keystore formats: [${keyStoreFormats.join(', ')}]` });
  if (!wish.storePassword) throw passwordMissing('store');
  return { ...wish, format };
}

async function sendStore(
  call: AdminCall,
  { clientId }: Client,
  { certificate = '', privateKey }: KeyMaterial,
  { format, keyAlias, keyPassword, storePassword, realmAlias, realmCertificate }: KeyStoreWish & { readonly format: KeyStoreFormat },
): Promise<unknown> {
  if (privateKey !== undefined && !keyPassword) throw passwordMissing('key');
  const trusted = realmCertificate === false ? undefined : await realmCertificateOf(call);
  const bytes = keyStoreFile(format, {
    alias: keyAlias || clientId,
    certificate: Buffer.from(certificate, 'base64'),
    privateKey: privateKey === undefined ? undefined : pkcs8Of(privateKey),
    trusted: trusted && { alias: realmAlias || call.realm.realm, certificate: trusted },
    keyPassword: keyPassword || '',
    storePassword: storePassword || '',
    nowMs: call.context.clock.nowMs(),
  });
  call.reply.header('cache-control', 'no-cache').header('content-type', 'application/octet-stream');
  return call.reply.send(bytes);
}

function passwordMissing(what: 'store' | 'key'): ReplyError {
  return new ReplyError(400, { error: 'password-missing', error_description: `Need to specify a ${what} password for jks download` });
}

function pkcs8Of(base64: string): Buffer {
  const key = Buffer.from(base64, 'base64');
  for (const type of ['pkcs1', 'pkcs8'] as const) {
    try {
      return createPrivateKey({ key, format: 'der', type }).export({ type: 'pkcs8', format: 'der' });
    } catch {
      // The other form.
    }
  }
  throw badRequest('The private key of the client cannot be read');
}

/** The certificate of the key that the realm signs with. */
async function realmCertificateOf({ context, realm }: AdminCall): Promise<Uint8Array | undefined> {
  const keys = await context.storage.stores.keys.ofRealm(realm.id);
  return keys
    .filter(({ status, algorithm, certificate }) => status === 'ACTIVE' && algorithm === 'RS256' && certificate !== undefined)
    .sort((one, other) => other.priority - one.priority)[0]?.certificate;
}
