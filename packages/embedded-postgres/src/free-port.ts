import { createServer } from 'node:net';
import { EmbeddedPostgresError } from './errors.ts';

/** The port asked for, if it is free on 127.0.0.1, or any free one. */
export async function claimPort(wanted: number | undefined): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      const reason = 'code' in error && error.code === 'EACCES' ? 'may not be used by this account' : 'is in use by another program';
      reject(
        new EmbeddedPostgresError(
          'KE_PORT_TAKEN',
          `Port ${wanted} on 127.0.0.1 ${reason}. Choose another port for the embedded PostgreSQL, or none to have a free one taken.`,
          { cause: error },
        ),
      );
    });
    probe.listen(wanted ?? 0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new EmbeddedPostgresError('KE_PORT_TAKEN', 'The system gave no port on 127.0.0.1.'));
      });
    });
  });
}
