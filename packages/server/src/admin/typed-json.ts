import { ReplyError } from '../http/errors.ts';
import { unreadable } from './answers.ts';

/** What a field of a representation may be. Numbers and booleans also come as texts, texts also as numbers and booleans. */
export type Shape =
  | { readonly kind: 'text' | 'flag' | 'integer' | 'any' }
  /** An object; anything else is passed over, as the original does for the attributes of users. */
  | { readonly kind: 'lenient-map' }
  | { readonly kind: 'list' | 'map'; readonly of: Shape }
  /** An object with known fields; others are refused unless it is `open`. */
  | { readonly kind: 'object'; readonly name: string; readonly open?: true; readonly fields: () => Readonly<Record<string, Shape>> };

/** Deepest nesting that is read. */
const MAX_DEPTH = 64;

const invalid = (): ReplyError => new ReplyError(400, { error: 'invalid_request', error_description: 'Cannot parse the JSON' });

/**
 * Reads a JSON text of a known shape. What is wrong first decides the answer, as in a reader of a stream: no JSON, a value of another
 * type, or a field that the representation does not have (named with line and column).
 * @throws ReplyError 400.
 */
export function readTypedJson(text: string, shape: Shape): unknown {
  const reader = new TypedJsonReader(text);
  return reader.whole(shape);
}

class TypedJsonReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(shape: Shape): unknown {
    const value = this.#value(shape);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw invalid();
    return value;
  }

  #value(shape: Shape): unknown {
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (first === undefined) throw invalid();
    if (first === '{') return this.#object(shape);
    if (first === '[') return this.#list(shape);
    return fitted(this.#scalar(), shape);
  }

  #object(shape: Shape): unknown {
    if (shape.kind === 'text' || shape.kind === 'flag' || shape.kind === 'integer' || shape.kind === 'list') throw unreadable();
    this.#enter();
    const entries = new Map<string, unknown>();
    this.#skipSpace();
    if (this.#take('}')) return this.#leave({});
    for (;;) {
      this.#skipSpace();
      if (this.#text[this.#at] !== '"') throw invalid();
      const key = this.#string();
      this.#skipSpace();
      if (!this.#take(':')) throw invalid();
      entries.set(key, this.#value(this.#shapeOf(shape, key)));
      this.#skipSpace();
      if (this.#take('}')) return this.#leave(Object.fromEntries(entries));
      if (!this.#take(',')) throw invalid();
    }
  }

  #shapeOf(shape: Shape, key: string): Shape {
    if (shape.kind === 'map') return shape.of;
    if (shape.kind !== 'object') return { kind: 'any' };
    const fields = shape.fields();
    const known = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (known !== undefined) return known;
    if (shape.open) return { kind: 'any' };
    this.#passValueToken();
    const { line, column } = this.#position();
    throw new ReplyError(400, {
      error: `Invalid json representation for ${shape.name}. Unrecognized field "${key}" at line ${line} column ${column}.`,
    });
  }

  #list(shape: Shape): unknown {
    if (shape.kind !== 'list' && shape.kind !== 'any' && shape.kind !== 'lenient-map') throw unreadable();
    const of: Shape = shape.kind === 'list' ? shape.of : { kind: 'any' };
    this.#enter();
    const items: unknown[] = [];
    this.#skipSpace();
    if (this.#take(']')) return this.#leave(shape.kind === 'lenient-map' ? null : items);
    for (;;) {
      items.push(this.#value(of));
      this.#skipSpace();
      if (this.#take(']')) return this.#leave(shape.kind === 'lenient-map' ? null : items);
      if (!this.#take(',')) throw invalid();
    }
  }

  #scalar(): string | number | boolean | null {
    if (this.#text[this.#at] === '"') return this.#string();
    const [token] =
      /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/.exec(this.#text.slice(this.#at, this.#at + 64)) ?? [];
    if (token === undefined) throw invalid();
    this.#at += token.length;
    return JSON.parse(token) as number | boolean | null;
  }

  #string(): string {
    const start = this.#at;
    let at = start + 1;
    for (;;) {
      const character = this.#text[at];
      if (character === undefined || character < ' ') throw invalid();
      if (character === '"') break;
      at += character === '\\' ? 2 : 1;
    }
    this.#at = at + 1;
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      throw invalid();
    }
  }

  /** Moves to where the original's reader stands after the value's first token: behind the opening quote or bracket, or behind the word. */
  #passValueToken(): void {
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (first === undefined) throw invalid();
    if (first === '"' || first === '{' || first === '[') this.#at += 1;
    else this.#scalar();
  }

  #position(): { line: number; column: number } {
    const before = this.#text.slice(0, this.#at);
    const lines = before.split('\n');
    return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
  }

  #enter(): void {
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw invalid();
  }

  #leave<T>(value: T): T {
    this.#depth -= 1;
    return value;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    while (/^[ \t\r\n]$/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }
}

function fitted(value: string | number | boolean | null, shape: Shape): unknown {
  if (value === null) return null;
  switch (shape.kind) {
    case 'any':
      return value;
    case 'text':
      return String(value);
    case 'lenient-map':
      return null;
    case 'flag':
      if (typeof value === 'boolean') return value;
      if (value === 'true' || value === 'false') return value === 'true';
      throw unreadable();
    case 'integer': {
      const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw unreadable();
      return number;
    }
    default:
      throw unreadable();
  }
}
