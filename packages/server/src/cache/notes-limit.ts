import { ServerError } from '../http/errors.ts';

/** Notes of one object. */
export const maxNotes = 200;
/** One note, name and value together, in bytes of UTF-8. */
export const maxNoteBytes = 16_384;
/** All notes of one object, in bytes of UTF-8. */
export const maxAllNotesBytes = 65_536;

/** Bytes that the notes take; throws KG_LIMIT_EXCEEDED, naming the note but never its value, where one or all are too large. */
export function assertNotesFit(owner: string, notes: Readonly<Record<string, string>>): number {
  let bytes = 0;
  let count = 0;
  for (const [name, value] of Object.entries(notes)) {
    count += 1;
    const size = Buffer.byteLength(name) + Buffer.byteLength(value);
    bytes += size;
    if (size > maxNoteBytes) {
      throw new ServerError(
        'KG_LIMIT_EXCEEDED',
        `note '${name.slice(0, 64)}' of a ${owner} has ${size} bytes, at most ${maxNoteBytes} are allowed`,
      );
    }
  }
  if (count > maxNotes) throw new ServerError('KG_LIMIT_EXCEEDED', `a ${owner} has ${count} notes, at most ${maxNotes} are allowed`);
  if (bytes > maxAllNotesBytes) {
    throw new ServerError('KG_LIMIT_EXCEEDED', `the notes of a ${owner} have ${bytes} bytes, at most ${maxAllNotesBytes} are allowed`);
  }
  return bytes;
}
