// Loaded into a node (`node --import`) that shall be of another version: wherever its code reads the version of the protocol, it finds this one.
// The version stands in a file: where that is gone, a node is started as it is.
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const file = process.env['KEYGRID_TEST_PROTOCOL_FILE'] ?? '';
const declaration = /export const PROTOCOL_VERSION = \d+;/;

if (existsSync(file))
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith('/grid/src/protocol/types.ts')) return loaded;
      const source = String(loaded.source);
      if (!declaration.test(source)) throw new Error(`${url} declares no version of the protocol`);
      return { ...loaded, source: source.replace(declaration, `export const PROTOCOL_VERSION = ${Number(readFileSync(file, 'utf8'))};`) };
    },
  });
