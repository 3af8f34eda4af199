import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root, textOf, trackedFiles } from '../checks/repository.ts';
import { findFacility } from '../testing/skips.ts';
import { type Manifest, manifestsIn, type Pod, podOf, unknownFields, validate } from './manifests.ts';

const folder = 'deploy/kubernetes';
const files = trackedFiles().filter((file) => file.startsWith(`${folder}/`) && !file.endsWith('kustomization.yaml'));
const manifests = files.flatMap((file) => manifestsIn(textOf(file)));
const named = (kind: string, among: readonly Manifest[] = manifests) => among.find((manifest) => manifest.kind === kind);
const chart = join(root, 'deploy/helm/keygrid');
const helm = findFacility('helm');
const kubectl = findFacility('kubectl');

const selectorOf = (manifest: Manifest | undefined): unknown =>
  (manifest?.spec?.['selector'] as { readonly matchLabels?: object } | undefined)?.matchLabels;

/** What every pod of this server needs, whoever wrote its template. */
function expectPod({ metadata, spec }: Pod, selector: unknown): void {
  const [container] = spec.containers;
  const env = new Map(container.env.map((variable) => [variable.name, variable]));
  expect(metadata.labels).toMatchObject(selector as object);
  expect(env.get('KC_SPI_CACHE_EMBEDDED__DEFAULT__MACHINE_NAME')?.valueFrom?.fieldRef?.fieldPath).toBe('spec.nodeName');
  expect(env.get('KC_SPI_CACHE_EMBEDDED__DEFAULT__NODE_NAME')?.valueFrom?.fieldRef?.fieldPath).toBe('metadata.name');
  expect(Object.fromEntries(container.ports.map(({ name, containerPort }) => [name, containerPort]))).toEqual({
    http: 8080,
    management: 9000,
    'tcp-cluster': 7800,
    'tcp-failure': 57800,
  });
  for (const [probe, path] of [
    ['startupProbe', 'started'],
    ['readinessProbe', 'ready'],
    ['livenessProbe', 'live'],
  ] as const)
    expect(container[probe]).toMatchObject({ httpGet: { path: `/health/${path}`, port: 'management' } });
  const { seconds } = (container['lifecycle'] as { preStop: { sleep: { seconds: number } } }).preStop.sleep;
  const secondsOf = (name: string): number => Number(/^(\d+)s$/.exec(env.get(name)?.value ?? '')?.[1]);
  expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(seconds + secondsOf('KC_SHUTDOWN_DELAY') + secondsOf('KC_SHUTDOWN_TIMEOUT'));
  expect(spec.affinity).toMatchObject({
    podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm: { topologyKey: 'kubernetes.io/hostname' } }] },
  });
  expect(spec.topologySpreadConstraints).toMatchObject([{ topologyKey: 'topology.kubernetes.io/zone' }]);
}

describe('the Kubernetes manifests', { timeout: 60_000 }, () => {
  it("hold to the vendors' schemas, and have no field that these do not know", () => {
    for (const manifest of manifests) validate(manifest);
    expect(unknownFields(manifests)).toBe('');
    const misspelt = { ...(named('PodDisruptionBudget') as Manifest), spec: { maxUnavailable: 1, selectr: {} } };
    expect(unknownFields([misspelt])).toContain('\'"selectr"\' does not exist');
    expect(() => validate({ ...misspelt, spec: { maxUnavailable: [] } as never })).toThrow('PodDisruptionBudget keygrid');
  });

  it('run the same pod as StatefulSet and as Deployment', () => {
    const set = named('StatefulSet');
    expect(podOf(set)).toEqual(podOf(named('Deployment')));
    expectPod(podOf(set), selectorOf(set));
    expect(set?.spec?.['serviceName']).toBe('keygrid-nodes');
  });

  it('let the cluster port through the mesh', () => {
    expect(named('PeerAuthentication')?.spec?.['portLevelMtls']).toEqual({
      '7800': { mode: 'PERMISSIVE' },
      '57800': { mode: 'PERMISSIVE' },
    });
  });

  it.skipIf(kubectl === undefined).each([
    ['statefulset', ['NetworkPolicy', 'PodDisruptionBudget', 'Service', 'Service', 'ServiceAccount', 'StatefulSet']],
    ['deployment', ['Deployment', 'NetworkPolicy', 'PodDisruptionBudget', 'Service', 'Service', 'ServiceAccount']],
    [
      'istio',
      [
        'DestinationRule',
        'NetworkPolicy',
        'PeerAuthentication',
        'PodDisruptionBudget',
        'Service',
        'Service',
        'ServiceAccount',
        'StatefulSet',
      ],
    ],
  ])('are put together by kubectl kustomize: %s', (name, kinds) => {
    const text = execFileSync(kubectl as string, ['kustomize', join(root, folder, name)], { encoding: 'utf8' });
    expect(
      manifestsIn(text)
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(kinds);
  });
});

describe('the Helm chart', { timeout: 60_000 }, () => {
  const values = parse(textOf('deploy/helm/keygrid/values.yaml')) as Record<string, unknown>;
  const schema = JSON.parse(textOf('deploy/helm/keygrid/values.schema.json')) as object;
  const render = (...set: string[]): Manifest[] =>
    manifestsIn(
      execFileSync(helm as string, ['template', 'login', chart, '--set', ['hostname=https://login.example.org', ...set].join(',')], {
        encoding: 'utf8',
      }),
    );

  it.skipIf(helm === undefined)('passes the linter, and needs to be told the host name', () => {
    execFileSync(helm as string, ['lint', '--strict', chart, '--set', 'hostname=https://login.example.org'], { stdio: 'pipe' });
    expect(() => execFileSync(helm as string, ['template', 'login', chart], { stdio: 'pipe' })).toThrow("at '/hostname'");
  });

  it.skipIf(helm === undefined)('renders what the manifests say', () => {
    const rendered = render();
    const set = named('StatefulSet', rendered);
    expectPod(podOf(set), selectorOf(set));
    expect(rendered.map(({ kind }) => kind).toSorted()).toEqual([
      'PodDisruptionBudget',
      'Service',
      'Service',
      'ServiceAccount',
      'StatefulSet',
    ]);
    const names = (pod: Pod) => pod.spec.containers[0].env.map(({ name }) => name);
    expect(names(podOf(set))).toEqual(expect.arrayContaining(names(podOf(named('StatefulSet')))));
  });

  it.skipIf(helm === undefined)("renders with every value what the vendors' schemas and types allow", () => {
    const all = [
      render(),
      render(
        'kind=Deployment',
        'istio.enabled=true',
        'networkPolicy.enabled=true',
        'metrics.serviceMonitor=true',
        'ingress.enabled=true,ingress.host=login.example.org,ingress.tlsSecretName=tls,ingress.className=nginx',
        'cluster.siteFromZone=true,cluster.name=blue',
        'options.KC_LOG_LEVEL=debug,podAnnotations.a=b,nodeSelector.c=d',
        'extraEnv[0].name=KC_BOOTSTRAP_ADMIN_PASSWORD,extraEnv[0].value=x,tolerations[0].operator=Exists,image.pullSecrets[0].name=p',
      ),
      render('istio.enabled=true', 'cluster.mtls=false', 'metrics.enabled=false', 'podDisruptionBudget.enabled=false'),
    ].flat();
    for (const manifest of all) validate(manifest);
    expect(unknownFields(all)).toBe('');
    expect(named('ServiceMonitor', all)).toBeDefined();
    expect(named('Ingress', all)).toBeDefined();
  });

  it('has a schema that knows every default and refuses what is misspelt', () => {
    const check = new Ajv({ allErrors: true, strict: true, strictTypes: false }).compile(schema);
    expect(check({ ...values, hostname: 'https://login.example.org' }), JSON.stringify(check.errors)).toBe(true);
    for (const wrong of [
      { replica: 3 },
      { kind: 'DaemonSet' },
      { replicas: 0 },
      { options: { LOG: 'x' } },
      { hostname: 'login.example.org' },
    ])
      expect(check({ ...values, hostname: 'https://login.example.org', ...wrong })).toBe(false);
  });
});
