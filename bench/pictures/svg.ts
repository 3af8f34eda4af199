/** Servers with a colour of their own; others share one. They are told apart also without colour, by their order and labels. */
const COLOURED = new Set(['keycloak', 'keygrid']);

export const hasColour = (server: string): boolean => COLOURED.has(server);

/** For `style`: the colour of a server, as `fill` or `stroke`. */
export const colourOf = (server: string): string => `var(--${hasColour(server) ? server : 'other'})`;

export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Light and dark, as the reader's system says; each pair has a contrast of 4.5 or more to its ground. */
const PALETTE = [
  'svg{--ground:#fff;--ink:#24292f;--axis:#8c959f;--rule:#d8dee4;--keycloak:#9a5b13;--keygrid:#1f6feb;--other:#59636e;--failed:#cf222e}',
  '@media(prefers-color-scheme:dark){svg{--ground:#151b23;--ink:#e6edf3;--axis:#7d8590;--rule:#3d444d;--keycloak:#e0a15a;--keygrid:#58a6ff;--other:#9198a1;--failed:#ff7b72}}',
].join('');

/** A picture with a ground of its own, so that it reads on any page. */
export function svg(width: number, height: number, title: string, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}" font-family="system-ui, sans-serif" font-size="12"><title>${escapeText(title)}</title><style>${PALETTE}</style><rect width="${width}" height="${height}" rx="6" style="fill:var(--ground)"/>${body}</svg>`;
}

export function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" style="fill:var(--ink)" ${more}>${escapeText(content)}</text>`;
}

/** A figure in at most three digits. */
export const short = (value: number): string =>
  value >= 1_000
    ? `${(value / 1_000).toFixed(value >= 10_000 ? 0 : 1)}k`
    : value >= 10
      ? value.toFixed(0)
      : value >= 1
        ? value.toFixed(1)
        : value.toFixed(2);
