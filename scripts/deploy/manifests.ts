import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as istioNetworking from '@kubernetes-models/istio/networking.istio.io/v1';
import * as istioSecurity from '@kubernetes-models/istio/security.istio.io/v1';
import * as monitoring from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import * as apps from 'kubernetes-models/apps/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';
import { root } from '../checks/repository.ts';

/** One object of Kubernetes, as parsed. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: Readonly<Record<string, unknown>>;
}

type Model = new (data: never) => { validate(): void };

/** Where the vendors' schemas and types of an apiVersion are. */
const models: Readonly<Record<string, readonly [module: string, classes: Readonly<Record<string, unknown>>]>> = {
  v1: ['kubernetes-models/v1', core],
  'apps/v1': ['kubernetes-models/apps/v1', apps],
  'policy/v1': ['kubernetes-models/policy/v1', policy],
  'networking.k8s.io/v1': ['kubernetes-models/networking.k8s.io/v1', networking],
  'security.istio.io/v1': ['@kubernetes-models/istio/security.istio.io/v1', istioSecurity],
  'networking.istio.io/v1': ['@kubernetes-models/istio/networking.istio.io/v1', istioNetworking],
  'monitoring.coreos.com/v1': ['@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1', monitoring],
};

/** The documents of a YAML text; a mistake of the syntax throws, doubled keys are one. */
export function manifestsIn(text: string): Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true }).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const value = document.toJS() as Manifest | null;
    return value === null ? [] : [value];
  });
}

/** Throws where the vendor's JSON schema of the kind does not hold. */
export function validate(manifest: Manifest): void {
  const found = models[manifest.apiVersion]?.[1][manifest.kind] as Model | undefined;
  if (found === undefined) throw new Error(`no schema of ${manifest.apiVersion} ${manifest.kind}`);
  try {
    new found(manifest as never).validate();
  } catch (error) {
    throw new Error(`${manifest.kind} ${manifest.metadata.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The schemas let unknown fields pass, which a cluster would drop in silence; the vendor's types do not. What the compiler says of them. */
export function unknownFields(manifests: readonly Manifest[]): string {
  const kinds = new Map(manifests.map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, { apiVersion, kind }]));
  const alias = ({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>) => `${kind}_${apiVersion.replaceAll(/\W/g, '_')}`;
  const lines = [
    ...[...kinds.values()].map((one) => `import type { I${one.kind} as ${alias(one)} } from '${models[one.apiVersion]?.[0]}';`),
    ...manifests.map((manifest) => `(${JSON.stringify(manifest)}) satisfies ${alias(manifest)};`),
  ];
  const folder = mkdtempSync(join(root, 'node_modules', '.keygrid-manifests-'));
  try {
    const file = join(folder, 'manifests.ts');
    writeFileSync(file, lines.join('\n'));
    const args = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'esnext', file];
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...args], { encoding: 'utf8' });
    return status === 0 ? '' : stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Named {
  readonly name: string;
  readonly [field: string]: unknown;
}

interface Container extends Named {
  readonly env: readonly (Named & {
    readonly value?: string;
    readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } };
  })[];
  readonly ports: readonly (Named & { readonly containerPort: number })[];
  readonly [field: string]: unknown;
}

/** The parts of a pod's template that the tests look at. */
export interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly terminationGracePeriodSeconds: number;
    readonly containers: readonly [Container];
    readonly affinity: unknown;
    readonly topologySpreadConstraints: unknown;
  };
}

export function podOf(manifest: Manifest | undefined): Pod {
  const template = manifest?.spec?.['template'];
  if (template === undefined) throw new Error('no template of a pod');
  return template as Pod;
}
