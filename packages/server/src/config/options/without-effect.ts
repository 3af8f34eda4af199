import { boolean, int, string } from '../kinds.ts';
import { defineOptions } from '../option.ts';

const noTraces = 'there are no traces';
const noTelemetry = 'telemetry is not pushed; /metrics and the log lines can be collected';
const noSyslog = 'there is no syslog handler; a collector can read the console or the file';
const noRotation = 'the log file is not rotated here; leave that to logrotate (copytruncate) or log to the console';
const written = 'lines are written before the call returns';
const noContext = 'log lines carry no mapped diagnostic context';
const noAccessLog = 'requests are not logged; the proxy can, and /metrics counts them';
const kubernetesTrust = 'name the certificate of the authority of Kubernetes in truststore-paths';
const noVault = 'there is no vault; secrets stand in the environment or the configuration file';
const noKeystore = 'options are read from the command line, the environment and conf/keycloak.conf';
const plainTransactions = 'transactions have limits of their own';
const noClientKey = 'the database is told a name and a password, not a client certificate';
const noOpenApi = 'there is no OpenAPI endpoint';

const flag = (inert: string, help: string) => ({ kind: boolean(), default: 'false', advanced: true, inert, help }) as const;
const text = (label: string, inert: string, help: string) => ({ kind: string(label), advanced: true, inert, help }) as const;
const count = (label: string, inert: string, help: string) => ({ kind: int(label, { min: 0 }), advanced: true, inert, help }) as const;
const secret = (inert: string, help: string) => ({ kind: string('password'), advanced: true, secret: true, inert, help }) as const;

/** Options of a Keycloak configuration that mean nothing here: accepted, so that the configuration can be kept, and said at start. */
export const withoutEffectOptions = defineOptions({
  'config-keystore': text('file', noKeystore, 'Key store that holds option values.'),
  'config-keystore-password': secret(noKeystore, 'Password of that key store.'),
  'config-keystore-type': text('type', noKeystore, 'Type of that key store.'),
  'db-mtls-key-store-file': text('path', noClientKey, 'Key store with the certificate for the database.'),
  'db-mtls-key-store-password': secret(noClientKey, 'Password of that key store.'),
  'db-mtls-key-store-type': text('type', noClientKey, 'Type of that key store.'),
  'fips-mode': text('mode', 'cryptography is that of the runtime; start it with a FIPS provider', 'Restricts cryptography to FIPS 140.'),
  'http-access-log-enabled': flag(noAccessLog, 'Logs every request.'),
  'http-access-log-exclude': text('exclusions', noAccessLog, 'Paths that are not logged, as a regular expression.'),
  'http-access-log-file-enabled': flag(noAccessLog, 'Logs requests to a file of their own.'),
  'http-access-log-file-name': text('name', noAccessLog, 'Name of that file.'),
  'http-access-log-file-rotate': flag(noAccessLog, 'Begins a new file each day.'),
  'http-access-log-file-suffix': text('suffix', noAccessLog, 'Ending of that file.'),
  'http-access-log-masked-cookies': text('cookies', noAccessLog, 'Cookies that are masked.'),
  'http-access-log-masked-headers': text('headers', noAccessLog, 'Headers that are masked.'),
  'http-access-log-pattern': text('pattern', noAccessLog, 'Form of the lines.'),
  'https-management-key-store-type': text('type', 'PKCS12 is the one that can be read', 'Type of the management key store.'),
  'https-management-trust-store-type': text('type', 'the file itself tells its type', 'Type of the management trust store.'),
  'legacy-observability-interface': flag(
    'health moves to the main listener by http-management-health-enabled=false; metrics stay on the management listener',
    'Serves health and metrics on the main listener.',
  ),
  'log-async': flag(written, 'Writes log lines later.'),
  'log-console-async': flag(written, 'Writes console lines later.'),
  'log-console-async-queue-length': count('queue-length', written, 'Console lines that may wait.'),
  'log-console-include-mdc': flag(noContext, 'Adds the context to console lines.'),
  'log-console-include-trace': flag(noTraces, 'Adds trace ids to console lines.'),
  'log-file-async': flag(written, 'Writes file lines later.'),
  'log-file-async-queue-length': count('queue-length', written, 'File lines that may wait.'),
  'log-file-include-mdc': flag(noContext, 'Adds the context to file lines.'),
  'log-file-include-trace': flag(noTraces, 'Adds trace ids to file lines.'),
  'log-file-rotation-enabled': flag(noRotation, 'Rotates the log file.'),
  'log-file-rotation-file-suffix': text('suffix', noRotation, 'Ending of rotated files.'),
  'log-file-rotation-max-backup-index': count('index', noRotation, 'Rotated files that are kept.'),
  'log-file-rotation-max-file-size': text('size', noRotation, 'Size at which the file is rotated.'),
  'log-file-rotation-rotate-on-boot': flag(noRotation, 'Rotates at start.'),
  'log-mdc-enabled': flag(noContext, 'Adds the realm and more to log lines.'),
  'log-mdc-keys': text('keys', noContext, 'What is added to log lines.'),
  'log-syslog-app-name': text('name', noSyslog, 'Name of the program in syslog.'),
  'log-syslog-async': flag(noSyslog, 'Sends lines later.'),
  'log-syslog-async-queue-length': count('queue-length', noSyslog, 'Lines that may wait.'),
  'log-syslog-counting-framing': text('strategy', noSyslog, 'Whether each message begins with its size.'),
  'log-syslog-endpoint': text('host:port', noSyslog, 'Address of the syslog server.'),
  'log-syslog-format': text('format', noSyslog, 'Pattern of the lines.'),
  'log-syslog-include-mdc': flag(noSyslog, 'Adds the context to the lines.'),
  'log-syslog-include-trace': flag(noSyslog, 'Adds trace ids to the lines.'),
  'log-syslog-json-format': text('format', noSyslog, 'Field names of JSON lines.'),
  'log-syslog-level': text('level', noSyslog, 'Most verbose level sent.'),
  'log-syslog-max-length': text('max-length', noSyslog, 'Largest message.'),
  'log-syslog-output': text('output', noSyslog, 'Text lines or JSON.'),
  'log-syslog-protocol': text('protocol', noSyslog, 'How the syslog server is reached.'),
  'log-syslog-type': text('type', noSyslog, 'Version of the syslog format.'),
  'openapi-enabled': flag(noOpenApi, 'Serves the description of the Admin REST API.'),
  'openapi-ui-enabled': flag(noOpenApi, 'Serves a page for it.'),
  'telemetry-endpoint': text('url', noTelemetry, 'Where telemetry is sent.'),
  'telemetry-logs-enabled': flag(noTelemetry, 'Sends log lines.'),
  'telemetry-logs-endpoint': text('url', noTelemetry, 'Where log lines are sent.'),
  'telemetry-logs-level': text('level', noTelemetry, 'Most verbose level sent.'),
  'telemetry-logs-protocol': text('protocol', noTelemetry, 'How log lines are sent.'),
  'telemetry-metrics-enabled': flag(noTelemetry, 'Sends metrics.'),
  'telemetry-metrics-endpoint': text('url', noTelemetry, 'Where metrics are sent.'),
  'telemetry-metrics-interval': text('duration', noTelemetry, 'How often metrics are sent.'),
  'telemetry-metrics-protocol': text('protocol', noTelemetry, 'How metrics are sent.'),
  'telemetry-protocol': text('protocol', noTelemetry, 'How telemetry is sent.'),
  'telemetry-resource-attributes': text('attributes', noTelemetry, 'Attributes of this server in telemetry.'),
  'telemetry-service-name': text('name', noTelemetry, 'Name of this server in telemetry.'),
  'tls-hostname-verifier': text(
    'tls-hostname-verifier',
    'names in certificates are always checked',
    'How names in certificates are checked.',
  ),
  'tracing-compression': text('method', noTraces, 'Compression of traces.'),
  'tracing-enabled': flag(noTraces, 'Sends traces.'),
  'tracing-endpoint': text('url', noTraces, 'Where traces are sent.'),
  'tracing-infinispan-enabled': flag(noTraces, 'Traces of cache operations.'),
  'tracing-jdbc-enabled': flag(noTraces, 'Traces of statements.'),
  'tracing-protocol': text('protocol', noTraces, 'How traces are sent.'),
  'tracing-resource-attributes': text('attributes', noTraces, 'Attributes of this server in traces.'),
  'tracing-sampler-ratio': text('ratio', noTraces, 'Share of requests that are traced.'),
  'tracing-sampler-type': text('type', noTraces, 'How requests are chosen for traces.'),
  'tracing-service-name': text('name', noTraces, 'Name of this server in traces.'),
  'transaction-default-timeout': text('timeout', plainTransactions, 'How long a transaction may take.'),
  'transaction-setup-timeout': text('timeout', plainTransactions, 'How long a migration, import or export may take.'),
  'transaction-xa-enabled': flag(plainTransactions, 'Uses two-phase commit.'),
  'truststore-kubernetes-enabled': flag(kubernetesTrust, "Trusts the authority of the Kubernetes service account's cluster."),
  vault: text('provider', noVault, 'Where secrets of realms are read from.'),
  'vault-dir': text('dir', noVault, 'Directory of secret files.'),
  'vault-file': text('file', noVault, 'Key store of secrets.'),
  'vault-pass': secret(noVault, 'Password of that key store.'),
  'vault-type': text('type', noVault, 'Type of that key store.'),
});
