import { noteAddress, noteParameter } from './address.ts';
import type { Seen } from './json.ts';
import type { Places } from './shape.ts';

function attributesOf(tag: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', value = ''] of tag.matchAll(/\s([\w-]+)(?:="([^"]*)")?/g))
    if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), value.replaceAll('&amp;', '&').replaceAll('&quot;', '"'));
  return found;
}

function tags(html: string, name: string): ReadonlyMap<string, string>[] {
  return [...html.matchAll(new RegExp(`<${name}\\b[^>]*>`, 'gi'))].map(([tag]) => attributesOf(tag));
}

/** Ids that hold boxes for style sheets only. */
const LAYOUT = /-(?:wrapper|options|buttons|message)$|^kc-form$|^input-error-container-/;
const FIELD_ATTRIBUTES = ['type', 'id', 'autocomplete'] as const;

/** Notes what scripts, password managers and tests find a page's parts by: forms, fields, labels, links and well-known ids; no texts. */
export function noteLandmarks(seen: Seen, html: string, places: Places): void {
  for (const form of tags(html, 'form')) {
    const path = `form ${form.get('id') ?? form.get('name') ?? ''}`.trim();
    seen[path] = (form.get('method') ?? 'get').toLowerCase();
    noteAddress(seen, `${path} action`, form.get('action') ?? '', places);
  }
  for (const tag of ['input', 'button', 'select'])
    for (const field of tags(html, tag)) {
      const name = field.get('name');
      if (name === undefined) continue;
      seen[`field ${name}`] = FIELD_ATTRIBUTES.flatMap((key) =>
        field.get(key) ? [`${key}=${key === 'type' ? field.get(key)?.toLowerCase() : field.get(key)}`] : [],
      ).join(' ');
      const value = field.get('value');
      if (value && field.get('type')?.toLowerCase() !== 'submit') noteParameter(seen, `field ${name} value`, name, value, places);
      if (field.has('checked')) seen[`field ${name} checked`] = 'yes';
    }
  const labels = tags(html, 'label').flatMap((label) => label.get('for') ?? []);
  if (labels.length > 0) seen['labels'] = labels.sort().join(' ');
  const links = tags(html, 'a').flatMap((link) => (/^(?:https?:|\/)/.test(link.get('href') ?? '') ? [link.get('href') ?? ''] : []));
  for (const link of links) noteAddress(seen, `link ${new URL(link, places.base).pathname}`, link, places);
  const ids = [...html.matchAll(/\sid="(kc-[\w-]+|input-error[\w-]*)"/g)].map(([, id = '']) => id).filter((id) => !LAYOUT.test(id));
  if (ids.length > 0) seen['ids'] = [...new Set(ids)].sort().join(' ');
  const language = /<html[^>]*\slang="([^"]*)"/.exec(html)?.[1];
  if (language !== undefined) seen['language'] = language;
}
