/** Why a certificate is not accepted; the message is for the log and for programs, never holds more than names out of the certificate. */
export class CertificateProblem extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CertificateProblem';
  }
}
