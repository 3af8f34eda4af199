/** A text that consoles and pages replace by a message, or by a base address: `${name}`. */
export function messageKey(name: string): string {
  return `\${${name}}`;
}
