// `npm run reference:install`: fetches the real Keycloak and Infinispan from Maven Central, for benchmarks and parity. Needs a JDK >= 17, mvn and unzip.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  INFINISPAN_VERSION,
  installedInfinispan,
  installedKeycloak,
  KEYCLOAK_VERSION,
  keycloakHome,
  referenceFolder,
} from '../bench/servers/reference.ts';

function run(command: string, args: readonly string[]): void {
  console.log(`$ ${command} ${args.join(' ')}`);
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

function requirePrograms(): void {
  const missing = ['java', 'mvn', 'unzip'].filter((program) => {
    try {
      execFileSync('which', [program], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length > 0) {
    console.error(`The real servers need ${missing.join(', ')}. On Debian: apt-get install default-jdk-headless maven unzip`);
    process.exit(1);
  }
}

function installKeycloak(): void {
  if (keycloakHome() !== undefined) {
    console.log(`Keycloak is there: ${keycloakHome()}`);
    return;
  }
  const artifact = `org.keycloak:keycloak-quarkus-dist:${KEYCLOAK_VERSION}:zip`;
  run('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${referenceFolder}`, '-Dmdep.stripVersion=true']);
  run('unzip', ['-q', '-o', join(referenceFolder, 'keycloak-quarkus-dist.zip'), '-d', referenceFolder]);
  run(join(installedKeycloak, 'bin', 'kc.sh'), ['build', '--db=postgres', '--health-enabled=true', '--metrics-enabled=true']);
  console.log(`Keycloak ${KEYCLOAK_VERSION}: ${installedKeycloak}`);
}

function installInfinispan(): void {
  const mark = join(installedInfinispan, '.complete');
  if (existsSync(mark)) {
    console.log(`Infinispan is there: ${installedInfinispan}`);
    return;
  }
  mkdirSync(installedInfinispan, { recursive: true });
  const project = join(referenceFolder, 'infinispan.pom.xml');
  const dependency = `<dependency><groupId>org.infinispan</groupId><artifactId>infinispan-server-runtime</artifactId><version>${INFINISPAN_VERSION}</version></dependency>`;
  writeFileSync(
    project,
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>reference</groupId><artifactId>infinispan</artifactId><version>1</version><dependencies>${dependency}</dependencies></project>\n`,
  );
  run('mvn', ['-q', '-B', '-f', project, 'dependency:copy-dependencies', `-DoutputDirectory=${installedInfinispan}`]);
  writeFileSync(mark, '');
  console.log(`Infinispan ${INFINISPAN_VERSION}: ${installedInfinispan}`);
}

requirePrograms();
mkdirSync(referenceFolder, { recursive: true });
installKeycloak();
installInfinispan();
console.log('Benchmarks and parity find both by themselves; KEYCLOAK_HOME and INFINISPAN_LIB name others.');
