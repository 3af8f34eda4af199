/** One part of a form with files (RFC 7578). */
export interface FormPart {
  readonly name: string;
  readonly bytes: Buffer;
}

const MAX_PARTS = 32;
const MAX_HEADER_BYTES = 8_192;
const HEADERS_END = Buffer.from('\r\n\r\n');

/** The parts of a whole body; undefined where it is no such form, or has more than 32 parts. The caller bounds the body. */
export function multipartForm(contentType: string | undefined, body: Buffer): readonly FormPart[] | undefined {
  const [, quoted, bare] = /^multipart\/form-data\s*;.*\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType ?? '') ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) return undefined;
  const mark = Buffer.from(`--${boundary}`, 'latin1');
  const parts: FormPart[] = [];
  let start = body.indexOf(mark);
  while (start >= 0) {
    const from = start + mark.length;
    if (body.toString('latin1', from, from + 2) === '--') return parts;
    const end = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), from);
    const headersEnd = body.indexOf(HEADERS_END, from);
    if (end < 0 || headersEnd < 0 || headersEnd > end || headersEnd - from > MAX_HEADER_BYTES || parts.length >= MAX_PARTS)
      return undefined;
    const name = /^content-disposition:\s*form-data\s*;(?:.*;)?\s*name="([^"]*)"/im.exec(body.toString('utf8', from, headersEnd))?.[1];
    if (name === undefined) return undefined;
    parts.push({ name, bytes: body.subarray(headersEnd + HEADERS_END.length, end) });
    start = end + 2;
  }
  return undefined;
}
