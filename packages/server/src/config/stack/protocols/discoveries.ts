import { boolean, choice, int, port, string } from '../../kinds.ts';
import { type ProtocolRule, refusedAttributes, used, withoutEffect } from '../protocol.ts';
import { hostList, multicastGroup, nameServer } from '../units.ts';

const MAX_HOPS = 255;
const MAX_PORT_RANGE = 100;

const runs = withoutEffect('discovery goes on until it has found somebody, with a growing pause', [
  'async_discovery',
  'async_discovery_use_separate_thread_per_request',
  'break_on_coord_rsp',
  'discovery_rsp_expiry_time',
  'force_sending_discovery_rsps',
  'initial_hosts_file',
  'max_members_in_discovery_request',
  'max_rank_to_reply',
  'num_discovery_runs',
  'num_initial_members',
  'return_entire_cache',
  'send_cache_on_join',
  'stagger_timeout',
  'timeout',
  'use_disk_cache',
]);
const kept = withoutEffect('entries are written when the address changes and removed when their node is gone', [
  'info_writer_max_writes_after_view',
  'info_writer_sleep_time',
  'interval',
  'num_read_loops',
  'read_sleep',
  'register_shutdown_hook',
  'remove_all_data_on_view_change',
  'remove_all_files_on_view_change',
  'remove_old_coords_on_view_change',
  'update_store_on_view_change',
  'write_data_on_find',
]);
const ownDatabase = withoutEffect('discovery reads the database of the db-* options, in the table that the server made', [
  'call_insert_sp',
  'clear_sql',
  'clear_table_on_view_change',
  'connection_driver',
  'connection_password',
  'connection_url',
  'connection_username',
  'contains_sql',
  'datasource_injecter_class',
  'datasource_jndi_name',
  'delete_all_sql',
  'delete_single_sql',
  'initialize_sql',
  'insert_single_sql',
  'insert_sp',
  'location',
  'select_all_pingdata_sql',
]);
const awsKeys = refusedAttributes(
  "credentials come from the vendor's chain: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the role of the machine",
  ['access_key', 'secret_access_key'],
);

const s3: ProtocolRule = {
  role: 'discovery',
  becomes: 'objects in an S3 bucket',
  attributes: {
    ...runs,
    ...kept,
    ...awsKeys,
    ...withoutEffect('objects belong to the account that writes them', [
      'acl_grant_bucket_owner_full_control',
      'mime_type',
      'check_if_bucket_exists',
      'kms_key_id',
      'use_kms',
      'location',
      'host',
      'port',
      'use_ssl',
    ]),
    region_name: used(string('region'), 'the region of the bucket'),
    bucket_name: used(string('bucket'), 'the bucket'),
    bucket_prefix: used(string('prefix'), 'the beginning of the names of the objects'),
    endpoint: used(string('url'), 'another endpoint than that of the region'),
    path_style_access_enabled: used(boolean(), 'whether the bucket stands in the path of the URL'),
  },
};
const google: ProtocolRule = {
  role: 'discovery',
  becomes: 'objects in a bucket of Google Cloud Storage',
  attributes: {
    ...runs,
    ...kept,
    ...refusedAttributes("credentials come from the vendor's chain: GOOGLE_APPLICATION_CREDENTIALS, or the account of the machine", [
      'access_key',
      'secret_access_key',
    ]),
    location: used(string('bucket'), 'the bucket'),
    project_id: used(string('project'), 'the project in which the bucket is made where it does not exist; without one it must exist'),
    endpoint: used(string('url'), 'another endpoint'),
  },
};
const database: ProtocolRule = { role: 'discovery', becomes: 'the rows of the database', attributes: { ...runs, ...kept, ...ownDatabase } };
const refused = (why: string): ProtocolRule => ({ role: 'discovery', becomes: 'nothing', refused: why, attributes: {} });
const noCounterpart = 'it has no counterpart here: leave cache-stack unset (jdbc-ping), or use MPING, DNS_PING, TCPPING or a cloud bucket';

export const discoveryProtocols: Readonly<Record<string, ProtocolRule>> = {
  JDBC_PING: database,
  JDBC_PING2: database,
  KEYCLOAK_JDBC_PING2: database,
  MPING: {
    role: 'discovery',
    becomes: 'requests to a multicast group, answered by unicast',
    attributes: {
      ...runs,
      ...withoutEffect('requests leave from the bind address of the transport', [
        'bind_addr',
        'bind_interface',
        'receive_interfaces',
        'receive_on_all_interfaces',
        'send_interfaces',
        'send_on_all_interfaces',
      ]),
      mcast_addr: used(multicastGroup(), 'the multicast group'),
      mcast_port: used(port(), 'its port'),
      ip_ttl: used(int('hops', { min: 0, max: MAX_HOPS }), 'how many routers a request may pass'),
    },
  },
  PING: { role: 'discovery', becomes: "requests to the UDP transport's multicast group, answered by unicast", attributes: { ...runs } },
  DNS_PING: {
    role: 'discovery',
    becomes: 'the records of a headless service',
    attributes: {
      ...runs,
      ...withoutEffect('the resolver of the runtime asks', ['dns_context_factory']),
      ...withoutEffect('A and AAAA records are dialled at the bind port', ['probe_transport_ports']),
      dns_query: used(string('name'), 'the name that is looked up'),
      dns_record_type: used(choice('type', ['A', 'AAAA', 'SRV'], { ignoreCase: false }), 'the kind of record; SRV records carry the port'),
      dns_address: used(nameServer(), 'the name server, host:port, where it is not that of the system'),
    },
  },
  TCPPING: {
    role: 'discovery',
    becomes: 'a fixed list of addresses',
    attributes: {
      ...runs,
      ...withoutEffect('the view tells of members that are not in the list', ['max_dynamic_hosts']),
      initial_hosts: used(hostList(), 'the addresses'),
      port_range: used(int('ports', { min: 0, max: MAX_PORT_RANGE }), 'how many ports above each one are tried too'),
    },
  },
  S3_PING: s3,
  NATIVE_S3_PING: s3,
  AZURE_PING: {
    role: 'discovery',
    becomes: 'blobs in a container of Azure storage',
    attributes: {
      ...runs,
      ...kept,
      storage_account_name: used(string('account'), 'the storage account'),
      storage_access_key: used(string('key'), 'its access key'),
      container: used(string('container'), 'the container'),
      use_https: used(boolean(), 'whether it is spoken to over TLS; default true'),
      endpoint_suffix: used(string('suffix'), 'another endpoint suffix, for sovereign clouds and emulators'),
    },
  },
  GOOGLE_PING: google,
  GOOGLE_PING2: google,
  KUBE_PING: refused('the Kubernetes API is not asked: leave cache-stack unset (jdbc-ping), or use DNS_PING with a headless service'),
  OPENSHIFT_PING: refused('the Kubernetes API is not asked: leave cache-stack unset (jdbc-ping), or use DNS_PING with a headless service'),
  TCPGOSSIP: refused('there is no GossipRouter here: leave cache-stack unset (jdbc-ping)'),
  FILE_PING: refused(noCounterpart),
  LOCAL_PING: refused(noCounterpart),
  SHARED_LOOPBACK_PING: refused(noCounterpart),
  BPING: refused(noCounterpart),
  SWIFT_PING: refused(noCounterpart),
  RACKSPACE_PING: refused(noCounterpart),
};
