/** Colours of the servers, told apart also without colour by their order and labels. */
export const COLOURS: Readonly<Record<string, string>> = { keycloak: '#9a5b13', keygrid: '#1f6feb' };
const OTHER = '#6e7781';
export const colourOf = (server: string): string => COLOURS[server] ?? OTHER;

export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A picture of its own: white ground, so that it reads on any page. */
export function svg(width: number, height: number, title: string, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}" font-family="system-ui, sans-serif" font-size="11"><title>${escapeText(title)}</title><rect width="${width}" height="${height}" rx="6" fill="#ffffff"/>${body}</svg>`;
}

export function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="#24292f" ${more}>${escapeText(content)}</text>`;
}

export const short = (value: number): string =>
  value >= 1_000
    ? `${(value / 1_000).toFixed(value >= 10_000 ? 0 : 1)}k`
    : value >= 10
      ? value.toFixed(0)
      : value >= 1
        ? value.toFixed(1)
        : value.toFixed(2);
