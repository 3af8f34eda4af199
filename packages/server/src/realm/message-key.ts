/** A text that consoles and pages replace by a message, or by a base address: `${name}`. */
export function messageKey(name: string): string {
  return `\${${name}}`;
}

/** The name in `${name}`; undefined where the text is no such reference. */
export function messageKeyOf(text: string): string | undefined {
  return /^\$\{([\w.-]+)\}$/.exec(text)?.[1];
}
