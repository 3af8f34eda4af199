import { expect, it } from 'vitest';
import { startAdminServer } from '../testing/admin-server.ts';
import { makeRsaCertificate } from '../testing/make-stores.ts';

it('reads a certificate out of a file, and refuses what is none', async () => {
  await using server = await startAdminServer();
  const admin = await server.token('master', 'admin');
  const { certificate } = await makeRsaCertificate({ name: 'outside' });
  const upload = async (file: string | undefined) => {
    const form = new FormData();
    form.set('keystoreFormat', 'Certificate PEM');
    if (file !== undefined) form.set('file', new Blob([file]), 'file');
    const body = new Response(form);
    const answer = await server.app.inject({
      method: 'POST',
      url: '/admin/realms/master/identity-provider/upload-certificate',
      headers: { authorization: `Bearer ${admin}`, 'content-type': body.headers.get('content-type') ?? '' },
      payload: Buffer.from(await body.arrayBuffer()),
    });
    return [answer.statusCode, answer.json<Readonly<Record<string, string>>>()] as const;
  };
  const base64 = certificate.replace(/-----[A-Z ]+-----|\s/g, '');
  expect(await upload(certificate)).toEqual([200, { certificate: base64, publicKey: expect.stringMatching(/^MIIB/) }]);
  for (const file of ['rubbish', undefined]) expect((await upload(file))[0]).toBe(400);
});
