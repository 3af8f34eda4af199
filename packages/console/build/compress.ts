import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const COMPRESSED = /\.(?:js|css|svg|json)$/;
/** The last two steps of brotli cost ten times as long and bring 4 percent. */
const BROTLI_QUALITY = 9;
const GZIP_LEVEL = 9;

/** Writes `x.br` and `x.gz` beside every text file, so that the server compresses nothing. */
export function compressAll(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => COMPRESSED.test(file))) {
    const body = readFileSync(join(folder, name));
    const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(body, { params }));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(body, { level: GZIP_LEVEL }));
  }
}
