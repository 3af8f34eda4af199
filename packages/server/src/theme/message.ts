/** A text that is not in any language yet: it is put into the one of whoever reads it when a page or a mail is written. */
export class Message {
  readonly key: string;
  readonly parameters: readonly (string | Message)[];

  constructor(key: string, parameters: readonly (string | Message)[] = []) {
    this.key = key;
    this.parameters = parameters;
  }
}

/** Puts the text of a key into a language. */
export type Translate = (key: string, parameters: readonly string[]) => string;

/** The text of a message. */
export function translated({ key, parameters }: Message, translate: Translate): string {
  return translate(
    key,
    parameters.map((parameter) => (typeof parameter === 'string' ? parameter : translated(parameter, translate))),
  );
}

/** The value with every message in it, in lists and in plain objects too, turned into text. */
export function withTexts(value: unknown, translate: Translate): unknown {
  if (value instanceof Message) return translated(value, translate);
  if (Array.isArray(value)) return value.map((one) => withTexts(one, translate));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withTexts(one, translate)]));
}
