const unread = 'the stacks of the original do not read this name';
const lacking = 'the distribution of the original lacks the protocol, so that its value is never read';

/** Starts that end otherwise than the original's, or that it says nothing of: name of the case -> why. */
export const startDifferences: Readonly<Record<string, string>> = {
  '-Djgroups.bind_port=70000': unread,
  '--cache-stack=udp -Djgroups.ip_ttl=256': 'the original starts, though no packet can say that it may go so far',
  '-Djgroups.bind.address=match-interface:none': 'the original takes another address of the machine',
  '-Djgroups.external_addr=nowhere.invalid': 'it is the other nodes that dial the name: that this one cannot resolve it is no fault',
  '--cache-stack=kubernetes -Djgroups.dns.query=q.invalid -Djgroups.dns.record=MX': 'the original starts, and finds nobody by such records',
  '--cache-stack=kubernetes -Djgroups.dns.query=q.invalid -Djgroups.dns.address=a:b:c': unread,
  '--cache-stack=ec2 -Djgroups.s3.region_name=r -Djgroups.s3.bucket_name=b -Djgroups.s3.path_style_access_enabled=maybe': lacking,
  '--cache-stack=azure -Djboss.jgroups.azure_ping.storage_account_name=a -Djboss.jgroups.azure_ping.storage_access_key=aHVudGVyMg== -Djboss.jgroups.azure_ping.use_https=maybe':
    lacking,
};
