/** A full run takes a quarter of an hour and more: its watcher sees on stderr how far it is. */
export function progress(what: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${what}\n`);
}
