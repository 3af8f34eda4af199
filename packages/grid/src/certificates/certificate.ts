/** A certificate as table SERVER_CONFIG holds it under `crt_jgroups`: base64 of DER without PEM armour. */
export interface StoredCertificate {
  readonly prvKey: string;
  readonly pubKey: string;
  readonly crt: string;
  readonly alias: string;
  readonly generatedMillis: number;
}

/** DER in base64 to PEM with armour. */
export function pemOf(label: 'CERTIFICATE' | 'PRIVATE KEY', der: string): string {
  const lines = der.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
