import { boolean, choice, duration, file, int, port, string } from '../kinds.ts';
import { defineOptions } from '../option.ts';

const pemOnly = 'the trust store is a PEM file';
const javaOnly = 'it belongs to the Java database layer';

/** The database that holds the truth. */
export const databaseOptions = defineOptions({
  db: {
    kind: choice('vendor', ['dev-file', 'postgres']),
    defaultText: 'postgres where a db-url option is set; else dev-file in development mode and for commands other than start',
    help: "The database: 'postgres' is a PostgreSQL server (14 to 18), 'dev-file' an embedded PostgreSQL with its data in data/postgresql, for development.",
  },
  'db-url': {
    kind: string('jdbc-url'),
    defaultText: 'made from the db-url-* options',
    help: 'Full URL of the database, as a JDBC URL (jdbc:postgresql://host1:5432,host2/db?sslmode=require) or as a postgres:// URL. Overrides the db-url-* options.',
  },
  'db-url-host': { kind: string('hostname'), defaultText: 'localhost', help: 'Host of the database, where db-url is not set.' },
  'db-url-port': { kind: port(), defaultText: '5432', help: 'Port of the database, where db-url is not set.' },
  'db-url-database': { kind: string('dbname'), defaultText: 'keycloak', help: 'Name of the database, where db-url is not set.' },
  'db-url-properties': {
    kind: string('properties'),
    help: 'Connection properties, where db-url is not set; begins with ?, as in ?sslmode=require.',
  },
  'db-username': { kind: string('username'), help: 'Name of the database user.' },
  'db-password': { kind: string('password'), secret: true, help: 'Password of the database user.' },
  'db-schema': { kind: string('schema'), defaultText: 'public', help: 'Schema that holds the tables.' },
  'db-pool-initial-size': {
    kind: int('size', { min: 0 }),
    inert: 'connections are opened when they are needed; db-pool-min-size keeps them',
    help: 'Connections that are opened at start.',
  },
  'db-pool-min-size': { kind: int('size', { min: 0 }), help: 'Connections that are kept open when idle.' },
  'db-pool-max-size': { kind: int('size', { min: 1 }), default: '100', help: 'Most connections of this node to the database.' },
  'db-pool-max-lifetime': { kind: duration(), help: 'Age at which a connection is replaced.' },
  'db-connect-timeout': { kind: duration('timeout'), default: '10s', help: 'How long opening a connection may take.' },
  'db-log-slow-queries-threshold': {
    kind: int('milliseconds', { min: 0 }),
    default: '10000',
    help: 'Statements that take longer are logged by the category org.hibernate.SQL_SLOW, at info.',
  },
  'db-tls-mode': {
    kind: choice('mode', ['disabled', 'verify-server']),
    default: 'disabled',
    help: "'verify-server' encrypts the connection and checks the certificate and name of the database server; 'disabled' leaves it to sslmode in db-url.",
  },
  'db-tls-trust-store-file': {
    kind: file('path'),
    help: 'Certificates (PEM) by which the database server is trusted.',
  },
  'db-tls-trust-store-password': { kind: string('password'), secret: true, inert: pemOnly, help: 'Password of that trust store.' },
  'db-tls-trust-store-type': { kind: string('type'), inert: pemOnly, help: 'Type of that trust store.' },
  'db-driver': { kind: string('driver'), advanced: true, inert: javaOnly, help: 'Class name of the JDBC driver.' },
  'db-debug-jpql': { kind: boolean(), default: 'false', advanced: true, inert: javaOnly, help: 'Comments in generated SQL.' },
});
