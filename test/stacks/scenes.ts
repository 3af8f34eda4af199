import { DnsServer } from '../../packages/grid/src/testing/dns-server.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { GoogleStorageServer } from '../../packages/grid/src/testing/google-storage-server.ts';
import { S3Server, s3Credentials } from '../../packages/grid/src/testing/s3-server.ts';
import { Azurite } from './azurite.ts';

/** What a stack needs of the world around the nodes. */
export interface Scene extends AsyncDisposable {
  readonly stack: string;
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const scene = (
  stack: string,
  more: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  close?: () => Promise<void>,
): Scene => ({
  stack,
  arguments: [`--cache-stack=${stack}`, ...more],
  env,
  [Symbol.asyncDispose]: async () => await close?.(),
});

const group = async (stack: string): Promise<Scene> => scene(stack, [`-Djgroups.mcast_port=${(await freePorts(1))[0]}`]);

export const discoveryName = 'keycloak-discovery.test';
export const bucketName = 'grid';
export const region = 'eu-central-1';

export const dnsArguments = (port: number): string[] => [`-Djgroups.dns.query=${discoveryName}`, `-Djgroups.dns.address=127.0.0.1:${port}`];
export const s3Arguments = (url: string): string[] => [
  `-Djgroups.s3.region_name=${region}`,
  `-Djgroups.s3.bucket_name=${bucketName}`,
  `-Djgroups.s3.endpoint=${url}`,
  '-Djgroups.s3.path_style_access_enabled=true',
];
export const googleArguments = (url: string): string[] => [
  `-Djgroups.google.bucket_name=${bucketName}`,
  '-Djgroups.google.project_id=test',
  `-Djgroups.google.endpoint=${url}`,
];

/** All eight, by the names of `--cache-stack`, each with a real server of what it asks. */
export const scenes: Readonly<Record<string, () => Promise<Scene>>> = {
  'jdbc-ping': async () => scene('jdbc-ping'),
  'jdbc-ping-udp': async () => scene('jdbc-ping-udp'),
  tcp: () => group('tcp'),
  udp: () => group('udp'),
  kubernetes: async () => {
    const server = await DnsServer.start();
    server.hosts(discoveryName, ['127.0.0.1']);
    return scene('kubernetes', dnsArguments(server.port), {}, () => server.close());
  },
  ec2: async () => {
    const server = await S3Server.start(bucketName);
    return scene('ec2', s3Arguments(server.url), s3Credentials, () => server.close());
  },
  google: async () => {
    const server = await GoogleStorageServer.start();
    server.buckets.set(bucketName, new Map());
    return scene('google', googleArguments(server.url), {}, () => server.close());
  },
  azure: async () => {
    const server = await Azurite.start();
    return scene('azure', server.arguments, {}, () => server.close());
  },
};

/** `KEYGRID_STACKS=all` (npm run test:full) takes every stack and every cause of failure; CI a few that stand for the others. */
export const everything = process.env['KEYGRID_STACKS'] === 'all';
export const chosenStacks: readonly string[] = everything ? Object.keys(scenes) : ['tcp', 'jdbc-ping-udp', 'kubernetes'];
