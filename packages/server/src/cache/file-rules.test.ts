// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the references are those of configuration files, not of this language
import { describe, expect, it } from 'vitest';
import { configuredCacheFile } from '../config/cache-file/configured-cache-file.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import { configuredStack } from '../config/stack/configured-stack.ts';
import { stateSettings } from '../session/state-settings.ts';
import { configurationOf } from '../testing/resolved-configuration.ts';
import { fileNotes, overrideWarning, ownCaches } from './file-rules.ts';

const options = { 'cache-config-file': 'c.xml' };

function read(text: string, given: Record<string, string> = {}, environment: Record<string, string> = {}) {
  const configuration = configurationOf({ ...options, ...given });
  const surroundings = { environment, fileExists: () => false, readFile: (path: string) => (path.endsWith('c.xml') ? text : undefined) };
  const file = configuredCacheFile(configuration, surroundings);
  const stack = configuration.get('cache') === 'local' ? undefined : configuredStack(configuration, surroundings, file);
  return { file, stack, settings: stateSettings(configuration, {}, file) };
}

function refusal(text: string, given: Record<string, string> = {}): string {
  try {
    read(text, given);
  } catch (error) {
    if (error instanceof ConfigurationError) return [error.message, ...error.hints].join('\n');
    throw error;
  }
  return 'accepted';
}

const inContainer = (inner: string): string =>
  `<infinispan>\n<cache-container name="keycloak">\n${inner}\n</cache-container>\n</infinispan>`;
const inStack = (inner: string, name = 'x', base = ' extends="tcp"'): string =>
  `<infinispan>\n<jgroups>\n<stack name="${name}"${base}>\n${inner}\n</stack>\n</jgroups>\n<cache-container><transport stack="${name}"/></cache-container>\n</infinispan>`;

describe('a cache configuration file that cannot be honoured', () => {
  it.each<[string, string, string]>([
    [
      'work that is not replicated',
      inContainer('<distributed-cache name="work"/>'),
      "Unable to start Keycloak. 'work' cache must be replicated but is distributed (c.xml:3:1)",
    ],
    ['work that is local', inContainer('<local-cache name="work"/>'), "'work' cache must be replicated but is local (c.xml:3:1)"],
    [
      'a bound where entries may not be dropped',
      inContainer('<distributed-cache name="actionTokens">\n<memory max-count="500"/></distributed-cache>'),
      "c.xml:4:1: cache 'actionTokens' may not be bounded",
    ],
    [
      'no owners',
      inContainer('<distributed-cache name="sessions"\n owners="0"/>'),
      'c.xml:4:2: attribute \'owners\' of <distributed-cache>: Expected at least 1, got "0"',
    ],
    ['more owners than there can be', inContainer('<distributed-cache name="sessions" owners="17"/>'), 'Expected at most 16, got "17"'],
    [
      'a lifespan of -5',
      inContainer('<local-cache name="users"><expiration lifespan="-5"/></local-cache>'),
      'Expected at least -1, got "-5"',
    ],
    [
      'no transfer of what is in memory alone',
      inContainer('<distributed-cache name="loginFailures"><state-transfer enabled="false"/></distributed-cache>'),
      "cache 'loginFailures' cannot do without state transfer",
    ],
    [
      'bytes as a bound',
      inContainer('<local-cache name="users"><memory max-size="1GB"/></local-cache>'),
      "attribute 'max-size' of <memory> cannot be honoured: bounds are counts",
    ],
    [
      'a bound that does not evict',
      inContainer('<local-cache name="users"><memory max-count="5" when-full="NONE"/></local-cache>'),
      'when-full="NONE" with a bound of 5',
    ],
    [
      'a bound over several owners',
      inContainer('<distributed-cache name="mine" owners="2"><memory max-count="5"/></distributed-cache>'),
      "cache 'mine' has several owners and a bound of 5 entries",
    ],
    [
      'security roles',
      inContainer('<security>\n<authorization><role name="admin" permissions="ALL"/></authorization></security>'),
      "c.xml:3:1: <security> (roles 'admin') cannot be honoured",
    ],
    [
      'roles of a cache',
      inContainer('<distributed-cache name="mine"><security><authorization roles="admin observer"/></security></distributed-cache>'),
      "<security> (roles 'admin', 'observer')",
    ],
    [
      'a store',
      inContainer('<distributed-cache name="sessions">\n<persistence><remote-store cache="sessions"/></persistence></distributed-cache>'),
      'c.xml:4:1: <persistence> cannot be honoured: caches have no stores here',
    ],
    [
      'an unknown element',
      inContainer('<distribted-cache name="sessions"/>'),
      'c.xml:3:1: <distribted-cache> is not known inside <cache-container>. Near: distributed-cache',
    ],
    [
      'an unknown attribute',
      inContainer('<distributed-cache name="sessions" owner="2"/>'),
      "attribute 'owner' of <distributed-cache> is not known. Near: owners",
    ],
    ['a cache without a name', inContainer('<local-cache/>'), 'c.xml:3:1: <local-cache> has no name'],
    ['a cache twice', inContainer('<local-cache name="a"/>\n<local-cache name="a"/>'), "c.xml:4:1: 'a' is defined twice, first in line 3"],
    ['a configuration that is not there', inContainer('<local-cache name="a" configuration="b"/>'), "there is no configuration 'b' for it"],
    [
      'a configuration of another kind',
      inContainer('<local-cache-configuration name="b"/><distributed-cache name="a" configuration="b"/>'),
      "configuration 'b' is local, the cache is distributed",
    ],
    [
      'a property that is not set',
      inContainer('<distributed-cache name="a" owners="${my.owners}"/>'),
      'ISPN000901: Property my.owners is not set and has no default: set -Dmy.owners=<value>',
    ],
    [
      'a variable that is not set',
      inContainer('<transport site="${env.SITE}"/>'),
      'ISPN000901: Property env.SITE is not set and has no default: set the environment variable SITE',
    ],
    ['another root', '<config/>', 'the file begins with <config>, not with <infinispan>'],
    ['two containers', '<infinispan><cache-container/>\n<cache-container/></infinispan>', 'c.xml:2:1: a second <cache-container>'],
    ['a stack that nobody defines', inContainer('<transport stack="tunnel"/>'), "ISPN000540: No such JGroups stack 'tunnel'"],
    ['a parent that nobody defines', inStack('', 'x', ' extends="y"'), "c.xml:3:1: ISPN000540: No such JGroups stack 'y'"],
    [
      'a stack that extends itself',
      `<infinispan><jgroups><stack name="a" extends="b"/><stack name="b" extends="a"/></jgroups>${'<cache-container><transport stack="a"/></cache-container>'}</infinispan>`,
      "stack 'a' extends itself",
    ],
    [
      'a stack twice',
      '<infinispan><jgroups><stack name="a" extends="tcp"/><stack name="a" extends="udp"/></jgroups></infinispan>',
      "stack 'a' is defined twice",
    ],
    ['a relay', inStack('<relay.RELAY2 site="LON"/>'), "c.xml:4:1: the protocol RELAY2 of stack 'x' cannot be honoured"],
    [
      'remote sites',
      inStack('<remote-sites default-stack="tcp"><remote-site name="NYC"/></remote-sites>'),
      '<remote-site> cannot be honoured',
    ],
    ['the Kubernetes API', inStack('<kubernetes.KUBE_PING stack.combine="REPLACE" stack.position="MPING"/>'), 'the protocol KUBE_PING'],
    [
      'a position that is not there',
      inStack('<TCPPING initial_hosts="a" stack.combine="REPLACE" stack.position="PING"/>'),
      'c.xml:4:1: TCPPING: stack.position="PING" names no protocol of the stack (TCP, RED, MPING',
    ],
    [
      'a position without a meaning',
      inStack('<TCP stack.combine="COMBINE" stack.position="TCP"/>'),
      'stack.position has no meaning with stack.combine="COMBINE"',
    ],
    [
      'an insertion without a position',
      inStack('<AUTH stack.combine="INSERT_BELOW"/>'),
      'stack.combine="INSERT_BELOW" needs stack.position',
    ],
    ['a removal of nothing', inStack('<AUTH stack.combine="REMOVE"/>'), 'the stack has no such protocol to remove'],
    ['a way that does not exist', inStack('<TCP stack.combine="MERGE"/>'), 'stack.combine="MERGE" is none of COMBINE'],
    [
      'a combination without a parent',
      inStack('<TCP stack.combine="REPLACE"/>', 'x', ''),
      'stack.combine and stack.position need a stack with extends',
    ],
    [
      'a stack file that is not there',
      '<infinispan><jgroups><stack-file name="a" path="none.xml"/></jgroups></infinispan>',
      "the stack file 'none.xml' does not exist",
    ],
    [
      'stacks in the form of another server',
      '<infinispan><jgroups>\n<stacks/></jgroups></infinispan>',
      'c.xml:2:1: <stacks> is not known inside <jgroups>. Near: stack',
    ],
  ])('is refused with file, line and reason: %s', (_what, text, message) => expect(refusal(text)).toContain(message));

  it('names the property that a stack needs', () =>
    expect(refusal(inContainer('<transport stack="kubernetes"/>'))).toContain('ISPN000901: Property jgroups.dns.query is not set'));
});

describe('stack.combine', () => {
  const of = (inner: string, base = ' extends="tcp"') => read(inStack(inner, 'x', base)).stack;

  it('lays attributes over the protocol of the same name, and replaces, inserts and removes others', () => {
    expect(of('<TCP bind_port="7900"/><FD_SOCK2 offset="100"/>')).toMatchObject({
      transport: { kind: 'tcp', bindPort: 7_900, bindAddress: 'SITE_LOCAL' },
      failureDetection: { enabled: true, portOffset: 100 },
    });
    expect(of('<FD_SOCK2 stack.combine="REMOVE"/>')).toMatchObject({ failureDetection: { enabled: false } });
    expect(of('<UDP stack.combine="REPLACE" stack.position="TCP"/><PING stack.combine="REPLACE" stack.position="MPING"/>')).toMatchObject({
      transport: { kind: 'udp' },
      discovery: { kind: 'multicast' },
    });
    for (const way of ['INSERT_BEFORE', 'INSERT_AFTER', 'INSERT_ABOVE', 'INSERT_BELOW'])
      expect(of(`<AUTH auth_class="x" stack.combine="${way}" stack.position="pbcast.GMS"/>`)).toMatchObject({ transport: { kind: 'tcp' } });
  });

  it('goes through several generations, and a stack may take the name of the one that it extends', () => {
    const text = `<infinispan><jgroups><stack name="tcp" extends="tcp"><TCP bind_port="1"/></stack><stack name="b" extends="tcp"><TCP port_range="2"/></stack></jgroups>
      <cache-container><transport stack="b"/></cache-container></infinispan>`;
    expect(read(text).stack).toMatchObject({ name: 'b', transport: { bindPort: 1, portRange: 2 } });
  });
});

describe('options beside the file', () => {
  const file = inContainer(
    '<transport stack="udp" cluster="from-file" site="s"/><local-cache name="users"><memory max-count="7"/></local-cache><distributed-cache name="authenticationSessions" owners="3"/>',
  );

  it('win over it', () => {
    const given = {
      'cache-stack': 'tcp',
      'cache-embedded-users-max-count': '9',
      'spi-cache-embedded--default--authentication-sessions-owners': '2',
      'spi-cache-embedded--default--cluster-name': 'mine',
    };
    const { stack, settings } = read(file, given);
    expect([stack?.name, settings.clusterName]).toEqual(['tcp', 'mine']);
    expect(settings.caches.caches).toMatchObject({ users: { maxCount: 9 }, authenticationSessions: { owners: 2 } });
  });

  it('leave it as it is where they are not set', () => {
    const { stack, settings } = read(file);
    expect([stack?.name, settings.clusterName]).toEqual(['udp', 'from-file']);
    expect(settings.caches.caches).toMatchObject({ users: { maxCount: 7 }, authenticationSessions: { owners: 3 } });
  });

  it('keep every cache on this node with cache=local, whatever the file says', () => {
    const { settings } = read(
      inContainer('<distributed-cache name="work"/><local-cache name="users"><memory max-count="7"/></local-cache>'),
      { cache: 'local' },
    );
    expect(settings.caches.caches).toMatchObject({ work: { mode: 'local' }, users: { mode: 'local', maxCount: 7 } });
  });
});

describe('what a file is answered', () => {
  const { file } = read(
    inContainer(
      '<replicated-cache name="realms"/><distributed-cache name="sessions" segments="60"><expiration lifespan="1000" max-idle="5"/></distributed-cache><distributed-cache name="mine"/>',
    ),
  );

  it('is a warning for caches of the server that it changes', () => {
    expect(overrideWarning(file.caches)).toBe(
      'Modifying the default cache configuration in the config file without setting cache-config-mutate=true is deprecated. Caches that the file changes: realms, sessions.',
    );
    expect(overrideWarning(read(inContainer('<distributed-cache name="mine"/>')).file.caches)).toBeUndefined();
  });

  it('is a line for each thing without effect', () => {
    expect(fileNotes(file.caches)).toEqual([
      expect.stringContaining("c.xml:3:1: cache 'realms': it stays local although the file makes it replicated"),
      expect.stringContaining("cache 'sessions': each entry has a lifespan of its own"),
      expect.stringContaining("cache 'sessions': max-idle has no effect on it"),
    ]);
    expect(file.notes).toEqual([
      expect.stringContaining("attribute 'segments' of <distributed-cache>: every cache has the same number of segments"),
    ]);
  });

  it('is that what the nodes share stays shared, whatever the file makes of it', () => {
    const { file: local, settings } = read(inContainer('<local-cache name="authenticationSessions"/>'));
    expect(settings.caches.caches.authenticationSessions).toMatchObject({ mode: 'distributed', owners: 2 });
    expect(fileNotes(local.caches)[0]).toContain("cache 'authenticationSessions': it stays distributed although the file makes it local");
  });

  it('is a cache of that name for each one of the user', () => expect(ownCaches(file.caches).map(({ name }) => name)).toEqual(['mine']));
});
