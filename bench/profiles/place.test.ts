import { describe, expect, it } from 'vitest';
import { placeOf } from './place.ts';

const frame = (url: string, functionName = 'work', scriptId = '7') => ({ url, functionName, scriptId, lineNumber: 9, columnNumber: 0 });
const place = (url: string, functionName?: string, scriptId?: string) => placeOf(frame(url, functionName, scriptId), '/some/checkout');

describe('the place of a function', () => {
  it('is the room of a source, relative to the checkout', () => {
    expect(place('file:///some/checkout/packages/server/src/oidc/grants/refresh-token.ts')).toEqual({
      room: 'packages/server/src/oidc',
      file: 'packages/server/src/oidc/grants/refresh-token.ts',
      own: true,
      helps: false,
    });
    expect(place('file:///some/checkout/packages/grid/src/grid.ts').room).toBe('packages/grid/src');
    expect(place('/some/checkout/tools/demo/run.ts').room).toBe('tools/demo');
  });

  it('is the package of what is installed, wherever it lies', () => {
    expect(place('file:///some/checkout/node_modules/pg/lib/client.js')).toMatchObject({
      room: 'node_modules/pg',
      file: 'node_modules/pg/lib/client.js',
      own: false,
    });
    expect(place('/elsewhere/node_modules/@fastify/cookie/plugin.js').room).toBe('node_modules/@fastify/cookie');
  });

  it('names no folder of the machine for files outside of the checkout', () => {
    expect(place('file:///some/folder/of/mine.js')).toMatchObject({ room: 'elsewhere', file: 'mine.js' });
  });

  it('tells the runtime, which works for others, from code made at run time and from the engine', () => {
    expect(place('node:internal/streams/writable')).toMatchObject({ helps: true, own: false });
    expect(place('', 'writev', '0')).toMatchObject({ room: 'native functions', helps: true });
    expect(place('', 'template')).toMatchObject({ room: 'code made at run time', helps: false });
    expect(place('', '(garbage collector)', '0')).toMatchObject({ room: 'garbage collector', helps: false });
    expect(place('', 'toString', '0').room).toBe('native functions');
  });
});
