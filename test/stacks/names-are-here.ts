// Loaded into a node (`node --import`): every name under `test` is this machine, as if a name server of the operator said so.
import dns, { type LookupAddress } from 'node:dns';

type Answer = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;
const real = dns.lookup as (name: string, options: object, answer: Answer) => void;

Object.assign(dns, {
  lookup: (name: string, options: { readonly all?: boolean }, answer: Answer): void => {
    if (!name.endsWith('.test')) real(name, options, answer);
    else if (options.all === true) answer(null, [{ address: '127.0.0.1', family: 4 }]);
    else answer(null, '127.0.0.1', 4);
  },
});
