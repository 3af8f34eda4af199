// Loaded into a node (`node --import`) on a machine that has none of the optional packages: they are not found, as where nobody installed them.
import { registerHooks } from 'node:module';

const optional = /^(?:udx-native|@aws-sdk\/client-s3|@azure\/storage-blob|@google-cloud\/storage)$/;

registerHooks({
  resolve(specifier, context, nextResolve) {
    return nextResolve(optional.test(specifier) ? `${specifier}-is-not-installed` : specifier, context);
  },
});
