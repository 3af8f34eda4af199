import { describe, expect, it } from 'vitest';
import { multipartForm } from './multipart.ts';

const sent = async (form: FormData): Promise<{ type: string; body: Buffer }> => {
  const request = new Request('http://127.0.0.1/', { method: 'POST', body: form });
  return { type: request.headers.get('content-type') ?? '', body: Buffer.from(await request.arrayBuffer()) };
};

describe('a form with files', () => {
  it('gives the bytes of each part, as browsers and fetch send them', async () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
    const form = new FormData();
    form.set('keyAlias', 'größe');
    form.set('file', new Blob([bytes]), 'store.p12');
    form.set('empty', '');
    const { type, body } = await sent(form);
    const parts = multipartForm(type, body) ?? [];
    expect(parts.map(({ name }) => name)).toEqual(['keyAlias', 'file', 'empty']);
    expect(parts[0]?.bytes.toString()).toBe('größe');
    expect(parts[1]?.bytes).toEqual(Buffer.from(bytes));
    expect(parts[2]?.bytes).toHaveLength(0);
  });

  it('is nothing without a boundary, without an end, without a name, or with too many parts', async () => {
    const form = new FormData();
    form.set('a', 'b');
    const { type, body } = await sent(form);
    expect(multipartForm('application/json', body)).toBeUndefined();
    expect(multipartForm(undefined, body)).toBeUndefined();
    expect(multipartForm(type, body.subarray(0, -4))).toBeUndefined();
    expect(multipartForm(type, Buffer.alloc(0))).toBeUndefined();
    expect(multipartForm(type, Buffer.from(body.toString('latin1').replace('name="a"', ''), 'latin1'))).toBeUndefined();
    for (let count = 0; count < 40; count += 1) form.append('a', 'b');
    const many = await sent(form);
    expect(multipartForm(many.type, many.body)).toBeUndefined();
  });
});
