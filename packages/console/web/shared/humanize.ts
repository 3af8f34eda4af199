/**
 * Readable words for a message key that has no text: `clientScopesHelp` and `client-scopes` alike become sentences.
 * Keys of help texts end in `Help`; what stands before says more than nothing.
 */
export function humanize(key: string): string {
  if (/\s/.test(key)) return key;
  const last = key.includes('.') ? meaningfulPart(key) : key;
  const words = last
    .replace(/^\$\{|\}$/g, '')
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .trim()
    .split(/\s+/)
    .map((word) => (/^[A-Z\d]{2,}s?$/.test(word) ? word : word.toLowerCase()))
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `eventTypes.LOGIN.name` is about LOGIN; `included.client.audience.label` about the client audience. */
function meaningfulPart(key: string): string {
  const parts = key.split('.').filter((part) => !/^(?:name|label|description|tooltip|eventTypes)$/.test(part));
  return parts.length === 0 ? key : parts.join(' ');
}
