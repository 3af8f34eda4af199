// Asks the stacks of a real Keycloak (its Infinispan and JGroups) for their words, all cases in one JVM of a newer Java than 20:
// KEYGRID_TEST_REFERENCE_HOME=<its directory> node test/stack-properties/record-stacks.ts
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOfStack, nameOf, type PropertyCase, propertyCases } from './cases.ts';
import { keepRecorded } from './keep-recorded.ts';
import type { RecordedStart } from './recorded-start.ts';

const home = process.env['KEYGRID_TEST_REFERENCE_HOME'];
if (home === undefined) throw new Error('KEYGRID_TEST_REFERENCE_HOME is not set');
const java = process.env['JAVA_HOME'] === undefined ? 'java' : join(process.env['JAVA_HOME'], 'bin', 'java');
const TIME_LIMIT_MS = 600_000;
/** So that members of a real cluster on this machine are left alone. */
const OWN: Readonly<Record<string, string>> = {
  'bind_addr|address': 'jgroups.bind.address=127.0.0.1',
  'port-offset': 'jgroups.fd.port-offset=5000',
  'bind.port|bind_port|tcp.port|udp.port': 'jgroups.bind.port=27800',
};

function lineOf(each: PropertyCase, index: number): string {
  const properties = each.words.filter((word) => word.startsWith('-D')).map((word) => word.slice(2));
  const named = properties.map((word) => word.split('=', 1)[0]).join(' ');
  const own = Object.entries(OWN).flatMap(([names, word]) => (new RegExp(names).test(named) ? [] : [word]));
  const stack = each.words.find((word) => word.startsWith('--cache-stack='))?.split('=')[1] ?? 'tcp';
  return [index, stack, ...new Set([...own, ...properties])].join('\t');
}

const cases = propertyCases.filter(isOfStack);
const folder = mkdtempSync(join(tmpdir(), 'keygrid-stack-words-'));
const file = join(folder, 'cases');
writeFileSync(file, `${cases.map(lineOf).join('\n')}\n`);
const jars = ['boot', 'main'].flatMap((part) => readdirSync(join(home, 'lib/lib', part)).map((jar) => join(home, 'lib/lib', part, jar)));
const run = spawnSync(
  java,
  ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', jars.join(':'), join(import.meta.dirname, 'StackWords.java'), file],
  { encoding: 'utf8', timeout: TIME_LIMIT_MS, maxBuffer: 64 * 1_048_576 },
);
rmSync(folder, { recursive: true });

const found: Record<string, RecordedStart> = {};
for (const part of run.stderr.split(/^CASE /m).slice(1)) {
  const each = cases[Number.parseInt(part, 10)];
  const outcome = /^STARTS$/m.test(part) ? 'starts' : /^REFUSED$/m.test(part) ? 'refused' : undefined;
  if (each === undefined || outcome === undefined) throw new Error(`no end of a case:\n${part.slice(-2_000)}`);
  const causes = [...part.matchAll(/^CAUSE (.*)$/gm)].map(([, cause = '']) => cause);
  const missing = [...part.matchAll(/ISPN000901: .*$/gm)].map(([line]) => line);
  found[nameOf(each)] = { outcome, words: [...new Set([...missing, ...causes])] };
}
if (Object.keys(found).length !== cases.length)
  throw new Error(`${Object.keys(found).length} of ${cases.length} cases:\n${run.stderr.slice(-2_000)}`);
keepRecorded(found);
