/** One user of a file, as its JSON text. */
export interface ScannedUser {
  readonly text: string;
  /** Line of the file that it begins at, from 1. */
  readonly line: number;
}

/** What a scan meets that is no JSON; `line` is of the file. */
export class ScanError extends Error {
  readonly line: number;
  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

/** A user is no larger than this, and so much is kept at once. */
const MAX_USER_CHARACTERS = 16 * 1024 * 1024;
const MAX_KEY_CHARACTERS = 64;

/**
 * Takes the elements of the list `users` of a JSON object out of its text, however it comes in pieces. What is left over has a line break for
 * each one that was taken out, so that its lines are those of the file.
 */
export class UsersScanner {
  readonly #take: (user: ScannedUser) => void;
  #rest: string[] = [];
  #user: string[] = [];
  #userCharacters = 0;
  #userLine = 0;
  #line = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #key = '';
  #lastText = '';
  #inUsers = false;
  /** In the list: whether a comma must come before the next element, or an element after a comma. */
  #comma: 'none' | 'needed' | 'seen' = 'none';

  constructor(take: (user: ScannedUser) => void) {
    this.#take = take;
  }

  push(chunk: string): void {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const character = chunk[at] as string;
      if (character === '\n') this.#line += 1;
      if (this.#inString) {
        this.#text(character);
        continue;
      }
      const between = this.#inUsers && this.#depth === 2;
      if (between) {
        if (character === '{') {
          if (this.#comma === 'needed') throw new ScanError(this.#line, 'a comma is missing between two users');
          this.#userLine = this.#line;
          this.#depth = 3;
          from = at;
        } else if (character === ']') {
          if (this.#comma === 'seen') throw new ScanError(this.#line, 'a user is missing after a comma');
          this.#inUsers = false;
          this.#depth = 1;
          from = at;
        } else if (character === '\n') this.#rest.push('\n');
        else this.#separator(character);
        continue;
      }
      if (character === '"') this.#begin();
      else if (character === '{' || character === '[') this.#depth += 1;
      else if (character === '}' || character === ']') this.#depth -= 1;
      else if (character === ':' && this.#depth === 1) this.#key = this.#lastText;
      if (this.#inUsers && this.#depth === 2) {
        this.#append(chunk.slice(from, at + 1));
        this.#emit();
        from = at + 1;
      } else if (character === '[' && this.#depth === 2 && this.#key === 'users') {
        this.#rest.push(chunk.slice(from, at + 1));
        this.#inUsers = true;
        this.#comma = 'none';
        from = at + 1;
      } else if (character === ',' && this.#depth === 1) this.#key = '';
    }
    const left = chunk.slice(from);
    if (this.#inUsers && this.#depth > 2) this.#append(left);
    else if (!this.#inUsers) this.#rest.push(left);
  }

  /** What is left when the file has come to its end. @throws ScanError where it ends too early. */
  end(): string {
    if (this.#depth !== 0 || this.#inString) throw new ScanError(this.#line, 'the file ends in the middle');
    return this.#rest.join('');
  }

  #begin(): void {
    this.#inString = true;
    this.#lastText = '';
  }

  #text(character: string): void {
    if (this.#escaped) this.#escaped = false;
    else if (character === '\\') this.#escaped = true;
    else if (character === '"') {
      this.#inString = false;
      return;
    }
    if (this.#depth === 1 && this.#lastText.length < MAX_KEY_CHARACTERS) this.#lastText += character;
  }

  #separator(character: string): void {
    if (character === ',' && this.#comma === 'needed') this.#comma = 'seen';
    else if (!/\s/.test(character)) throw new ScanError(this.#line, 'the list of users holds something else than users');
  }

  #append(text: string): void {
    this.#userCharacters += text.length;
    if (this.#userCharacters > MAX_USER_CHARACTERS)
      throw new ScanError(this.#userLine, `a user has more than ${MAX_USER_CHARACTERS} characters`);
    this.#user.push(text);
    if (text.includes('\n')) this.#rest.push('\n'.repeat(text.split('\n').length - 1));
  }

  #emit(): void {
    this.#take({ text: this.#user.join(''), line: this.#userLine });
    this.#user = [];
    this.#userCharacters = 0;
    this.#comma = 'needed';
  }
}
