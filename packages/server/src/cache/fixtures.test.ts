import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configuredCacheFile, type Surroundings } from '../config/cache-file/configured-cache-file.ts';
import { memberNames } from '../config/member-names.ts';
import { configuredStack } from '../config/stack/configured-stack.ts';
import { stateSettings } from '../session/state-settings.ts';
import { configurationOf } from '../testing/resolved-configuration.ts';

const folder = new URL('../config/cache-file/fixtures/', import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.xml') && !name.startsWith('jgroups-'))
  .map((name) => basename(name, '.xml'));

const environment = {
  KC_EXTERNAL_ADDR: '203.0.113.1',
  KC_BIND_ADDR: '10.0.0.1',
  KC_BIND_PORT: '7900',
  KC_INITIAL_HOSTS: '10.0.0.1[7900],10.0.0.2[7900]',
  JGROUPS_BUCKET: 'bucket',
};
const surroundings = (name: string): Surroundings => ({
  environment,
  fileExists: () => false,
  readFile: (path) => {
    const wanted = basename(path) === 'cache-ispn.xml' ? `${name}.xml` : basename(path);
    return readFileSync(new URL(wanted, folder), 'utf8');
  },
});

/** All that the start makes of the file, judged as the start judges it. */
function read(name: string) {
  const configuration = configurationOf({}, { 'jgroups.dns.query': 'keycloak-headless' });
  const around = surroundings(name);
  const file = configuredCacheFile(configuration, around);
  const stack = configuredStack(configuration, around, file);
  const { caches } = stateSettings(configuration, {}, file).caches;
  return { file, stack, caches, names: memberNames(configuration, file) };
}

const database = { kind: 'database' };
const group = { kind: 'multicast', group: '239.6.7.8' };
const stackOf: Readonly<Record<string, object>> = {
  'jdbc-ping-postgresql': { name: 'jdbc-ping-tcp', discovery: database, transport: { kind: 'tcp' } },
  'jdbc-ping-mysql-env': { name: 'mysql-jdbc-ping-tcp', discovery: database, transport: { externalAddress: '127.0.0.1' } },
  'jdbc-ping-appended': { name: 'jdbc-ping-tcp', discovery: database },
  'jdbc-ping2': { name: 'my-jdbc', discovery: database, transport: { kind: 'udp' } },
  'tcpping-list': {
    discovery: {
      kind: 'hosts',
      hosts: [
        { host: '192.168.1.1', port: 7_800 },
        { host: '192.168.1.2', port: 7_800 },
      ],
    },
  },
  'tcpping-env': {
    discovery: { hosts: [{ port: 7_900 }, { port: 7_900 }] },
    transport: { bindAddress: '10.0.0.1', bindPort: 7_900, externalAddress: '203.0.113.1' },
  },
  'tcpping-appended': { name: 'test', discovery: { kind: 'hosts' } },
  'encrypted-tcp': { name: 'my-encrypt-tcp', transport: { kind: 'tcp' }, discovery: group, tls: { kind: 'shared' } },
  'encrypted-udp': { name: 'encrypt-udp', transport: { kind: 'udp' }, discovery: group, tls: { kind: 'shared' } },
  'dns-ping': { name: 'custom-tcp', discovery: { kind: 'dns', query: 'keycloak-headless', recordType: 'A' } },
  'dns-ping-srv': { name: 'ecs', discovery: { query: '_jgroups._tcp.keycloak.svc', recordType: 'SRV' }, transport: { portRange: 0 } },
  'kubernetes-attribute': { name: 'kubernetes', discovery: { kind: 'dns' } },
  's3-ping': { name: 's3', discovery: { kind: 's3', region: 'eu-west-1', bucket: 'bucket', prefix: 'keycloak' } },
  'transport-property': { name: 'tcp', discovery: group },
  'named-cluster': { name: 'tcp' },
  topology: { name: 'udp', transport: { kind: 'udp' } },
  protostream: { name: 'udp' },
  'stack-file': {
    name: 'mine',
    transport: { kind: 'tcp', bindPort: 7_801 },
    discovery: {
      hosts: [
        { host: 'kc1', port: 7_801 },
        { host: 'kc2', port: 7_801 },
      ],
    },
  },
};
const cachesOf: Readonly<Record<string, object>> = {
  'default-21': {
    realms: { maxCount: 10_000 },
    authenticationSessions: { owners: 2 },
    sessions: { owners: 1, maxCount: 10_000 },
    keys: { maxIdleSeconds: 3_600 },
  },
  'default-26-2': { crl: { maxCount: 1_000 }, work: { mode: 'replicated' }, sessions: { owners: 1, maxCount: 10_000 } },
  'dns-ping': { users: { maxCount: 50_000 }, realms: { maxCount: 20_000 } },
  'named-cluster': { realms: { mode: 'local', maxCount: undefined } },
  'no-namespace': { authenticationSessions: { owners: 2 }, sessions: { owners: 1 } },
  'replicated-sessions': {
    authenticationSessions: { mode: 'replicated', owners: undefined },
    loginFailures: { mode: 'replicated' },
    sessions: { mode: 'distributed', owners: 1 },
  },
  'statistics-and-state-transfer': { authenticationSessions: { owners: 3 }, actionTokens: { owners: 2 } },
  protostream: { sessions: { maxCount: 20_000 } },
  configurations: { realms: { maxCount: 25_000 }, users: { maxCount: 50_000 }, loginFailures: { owners: 2 } },
  'old-memory': { realms: { maxCount: 10_000 }, users: { maxCount: 10_000 } },
};

describe('a cache configuration file as operators have it', () => {
  it('comes in more than twenty shapes besides the defaults of six years', () => {
    expect(names.filter((name) => name.startsWith('default-')).length).toBeGreaterThanOrEqual(6);
    expect(names.filter((name) => !name.startsWith('default-')).length).toBeGreaterThan(20);
  });

  it.each(names)('is understood: %s', (name) => {
    const { stack, caches } = read(name);
    expect(stack).toMatchObject(stackOf[name] ?? { name: 'jdbc-ping', discovery: database });
    expect(caches).toMatchObject(cachesOf[name] ?? {});
    expect(caches.work).toMatchObject({ mode: 'replicated' });
  });

  it('gives names to cluster and node', () => {
    expect(read('named-cluster').names.clusterName).toBe('keycloak-cluster');
    expect(read('topology').names).toEqual({ nodeName: 'n1', clusterName: 'ISPN', site: 'mysite', rack: 'r1', machine: 'm1' });
  });

  it('never shows what a discovery protocol was told of a database', () => {
    const { stack, file } = read('jdbc-ping-postgresql');
    expect(JSON.stringify([stack, file.notes])).not.toContain('secret');
    expect(stack.warnings.join('\n')).toContain('connection_password of JDBC_PING: discovery reads the database of the db-* options');
  });
});
