/** Browser script: whether a framed page of ours may see its own cookies (Storage Access API); true where the browser does not ask. */
export const STORAGE_ACCESS_SCRIPT = `
async function hasStorageAccess() {
  if (!('hasStorageAccess' in document)) return true;
  if (await document.hasStorageAccess()) return true;
  try {
    await document.requestStorageAccess();
    return true;
  } catch {
    return false;
  }
}`;
