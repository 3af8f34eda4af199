import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuiltConsole, thirdPartyNotices } from '@keygrid/console';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ReplyError } from '../http/errors.ts';
import { builtConsole } from './built-consoles.ts';

const ONE_YEAR = 'public, max-age=31536000, immutable';
/** A page of another version may still be open while nodes are replaced: its address must not pin what it got from us. */
const SHORT = 'public, max-age=60';
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
  woff2: 'font/woff2',
  png: 'image/png',
  jpg: 'image/jpeg',
};
/** Only these have compressed twins. */
const COMPRESSED = /\.(?:js|css|svg|json)$/;
const ENCODINGS = [
  ['br', 'br'],
  ['gzip', 'gz'],
] as const;

/** Last part of the address of a console's files: the name of its theme. */
export const THEME = 'keygrid';

/** Scripts, style sheets, fonts and images of the consoles, compressed when they were built, under addresses that change with their content. */
export function registerConsoleFiles(app: FastifyInstance): void {
  // No more entries than files in three encodings.
  const bodies = new Map<string, Buffer>();
  for (const name of ['admin', 'account'] as const) {
    app.get(`/resources/:tag/${name}/${THEME}/*`, async (request, reply) => {
      const { tag, '*': file } = request.params as { tag: string; '*': string };
      const console = builtConsole(name);
      const type = CONTENT_TYPES[file.slice(file.lastIndexOf('.') + 1)];
      if (!console.files.has(file) || type === undefined)
        throw new ReplyError(404, { error: 'Unable to find matching target resource method' });
      const [encoding, ending] = encodingOf(request, file);
      const path = join(console.folder, `${file}${ending}`);
      const body = bodies.get(path) ?? readFileSync(path);
      bodies.set(path, body);
      if (encoding !== undefined) reply.header('content-encoding', encoding);
      return reply
        .header('content-type', type)
        .header('vary', 'Accept-Encoding')
        .header('cache-control', mayStay(console, tag, file) ? ONE_YEAR : SHORT)
        .send(body);
    });
  }
  app.get('/resources/third-party.txt', async (_request, reply) => {
    const notices = thirdPartyNotices();
    if (notices === undefined) throw new ReplyError(404, { error: 'HTTP 404 Not Found' });
    return reply.header('content-type', 'text/plain; charset=utf-8').send(notices);
  });
}

/** A file with a hash in its name is what it is under any tag. */
function mayStay(console: BuiltConsole, tag: string, file: string): boolean {
  return tag === console.tag || file.startsWith('assets/');
}

function encodingOf(request: FastifyRequest, file: string): readonly [encoding: string | undefined, ending: string] {
  if (!COMPRESSED.test(file)) return [undefined, ''];
  const accepted = String(request.headers['accept-encoding'] ?? '')
    .split(',')
    .filter((part) => !/;\s*q=0(?:\.0*)?\s*$/.test(part))
    .map((part) => part.split(';', 1)[0]?.trim());
  const found = ENCODINGS.find(([encoding]) => accepted.includes(encoding));
  return found === undefined ? [undefined, ''] : [found[0], `.${found[1]}`];
}
