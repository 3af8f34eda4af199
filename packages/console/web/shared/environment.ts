/** Reads what the server wrote into the page for its console. */
export function readEnvironment<T>(): T {
  const text = document.getElementById('environment')?.textContent;
  if (!text) throw new Error('The page holds no environment');
  return JSON.parse(text) as T;
}
