import { X509Certificate } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { adminRoutes } from './admin-route.ts';
import { uploadedMaterial } from './uploaded-certificate.ts';

/** Reads a certificate with its public key out of a file, for a form of the console; nothing is kept here. */
export function registerIdentityProviderCertificate(app: FastifyInstance, context: ServerContext): void {
  // Files are bytes; everything else that comes to Admin REST is text.
  app.register(async (files) => {
    files.removeAllContentTypeParsers();
    files.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    const declare = adminRoutes(files, context);
    declare('POST /identity-provider/upload-certificate', async ({ request }) => {
      const { privateKey: _, ...material } = await uploadedMaterial(request);
      if (material.certificate === undefined) return material;
      const { publicKey } = new X509Certificate(Buffer.from(material.certificate, 'base64'));
      return { ...material, publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') };
    });
  });
}
