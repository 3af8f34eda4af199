// Asks a real Keycloak for its words: KEYGRID_TEST_REFERENCE_HOME=<its directory> node test/stack-properties/record-server.ts [--all]
// Options of the server go into recorded.json, beside what the stacks say by themselves (record-stacks.ts); with --all the whole server is asked about the
// values of the stacks too, for recorded-server.json: a start each, half an hour together.
// It must have been built for PostgreSQL, and KEYGRID_TEST_DB_URL names a server; it gets a database of its own, since these starts fail late or not at all.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { freshDatabase } from '../../bench/servers/database.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { isOfStack, nameOf, type PropertyCase, propertyCases } from './cases.ts';
import { keepRecorded, readRecorded } from './keep-recorded.ts';
import type { RecordedStart } from './recorded-start.ts';

const home = process.env['KEYGRID_TEST_REFERENCE_HOME'];
if (home === undefined) throw new Error('KEYGRID_TEST_REFERENCE_HOME is not set');
const TIME_LIMIT_MS = 120_000;
const MAX_WORDS = 8;
const MAX_LENGTH = 300;
/** What every start says. */
const USUAL =
  /^Deprecated features|ISPN000538|ISPN000126|ISPN000710|ISPN000974|Micrometer|HHH|Agroal|The following used run time options|JGRP000015|the send buffer|the receive buffer|For more details run the same command/;

/** Errors, warnings, and causes, without their time, thread and place in the code. */
function wordsOf(output: string): string[] {
  const lines = output.split('\n').flatMap((line) => {
    const [, said] = /^\S+ \S+ (?:ERROR|WARN)\s+\[[^\]]*\] \([^)]*\) (.*)$/.exec(line) ?? [];
    if (said !== undefined) return [said];
    if (/^(?:Caused by: |ERROR: |Disabled option|Unknown option|Invalid |Option )/.test(line) && !line.startsWith('ERROR: Failed to start'))
      return [line];
    return [];
  });
  return [...new Set(lines)]
    .filter((line) => !USUAL.test(line))
    .map((line) => line.trimEnd().slice(0, MAX_LENGTH))
    .slice(0, MAX_WORDS);
}

async function ask({ words }: PropertyCase): Promise<RecordedStart> {
  const database = await freshDatabase(process.env['KEYGRID_TEST_DB_URL'] ?? '', 'keycloak_words');
  const [http, management, cluster, detection] = await freePorts(4);
  const url = new URL(database.url);
  const properties = words.filter((word) => word.startsWith('-D'));
  const mine = words.filter((word) => !word.startsWith('-D'));
  const own = (name: string, value: string): string[] => (words.some((word) => word.includes(name)) ? [] : [value]);
  const child = spawn(
    join(home ?? '', 'bin', 'kc.sh'),
    [
      'start',
      '--optimized',
      `--db-url=jdbc:postgresql://${url.host}${url.pathname}`,
      `--db-username=${url.username}`,
      `--db-password=${url.password}`,
      '--http-enabled=true',
      '--hostname-strict=false',
      `--http-port=${http}`,
      `--http-management-port=${management}`,
      ...mine,
    ],
    {
      env: {
        ...process.env,
        JAVA_OPTS_APPEND: [
          // One start is all that it lives for.
          '-XX:TieredStopAtLevel=1',
          ...own('fd.port-offset', `-Djgroups.fd.port-offset=${(detection ?? 0) - (cluster ?? 0)}`),
          ...own('address', '-Djgroups.bind.address=127.0.0.1'),
          ...properties,
        ].join(' '),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const started = (async () => {
    for (const began = performance.now(); performance.now() - began < TIME_LIMIT_MS; ) {
      if (/Keycloak 26\S* on JVM .* started in/.test(output) && /ISPN000079|bootstrap|Received new cluster view/.test(output))
        return 'starts';
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return 'hangs';
  })();
  const outcome = await Promise.race([ended, started]);
  if (typeof outcome === 'string' && child.pid !== undefined) {
    process.kill(-child.pid, 'SIGKILL');
    await ended;
  }
  await database.drop();
  if (outcome === 'hangs') throw new Error(`neither started nor ended: ${words.join(' ')}\n${output.slice(-2_000)}`);
  return { outcome: outcome === 'starts' ? 'starts' : 'refused', words: wordsOf(output) };
}

/** Cases that stand in the recording already are not asked again: remove their lines to ask anew. */
const all = process.argv.includes('--all');
const asked = all ? 'server' : 'stacks';
for (const each of propertyCases.filter((one) => isOfStack(one) === all)) {
  const name = nameOf(each);
  if (readRecorded(asked)[name] !== undefined) continue;
  const found = await ask(each);
  console.log(found.outcome, name, found.words.at(-1) ?? '');
  keepRecorded({ [name]: found }, asked);
}
