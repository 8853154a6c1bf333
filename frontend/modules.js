// Loads the modules of a part of the app, which are one file. The build appends this to the script that instantiates the
// modules, with `FOLDER`, the address of the files, and `PARTS`, the names of the modules in each file, in their order.

/** Options of the response that a module is instantiated from. */
const WASM = { headers: { 'content-type': 'application/wasm' } };

/** Requested modules that have not arrived: functions that settle their promises, by name. */
const requests = new Map();

/** Parts whose files are loading. */
const loading = new Set();

/** Returns a module as a response. The one that only a single part has requests the file of the part. */
function requestModule(name) {
  const response = new Promise((resolve, reject) => requests.set(name, { resolve, reject }));
  const part = name.replace(/^split_/, '');
  if (part in PARTS) loadPart(part);
  return response;
}

/** Loads the file of a part. Modules in it that another part has loaded already are ignored. If it fails, those in a file that
 * is still loading wait for that one, so that its part does not fail too. */
async function loadPart(part) {
  const names = PARTS[part];
  loading.add(part);
  try {
    const response = await fetch(new URL(`${part}.part`, FOLDER));
    if (!response.ok) throw new Error(`status ${response.status} of ${response.url}`);
    const file = await response.arrayBuffer();
    const lengths = new DataView(file);
    let start = 0;
    for (const name of names) {
      const length = lengths.getUint32(start, true);
      const module = new Uint8Array(file, start + 4, length);
      settle(name, ({ resolve }) => resolve(new Response(module, WASM)));
      start += 4 + length;
    }
    loading.delete(part);
  } catch (error) {
    loading.delete(part);
    const awaited = new Set([...loading].flatMap((other) => PARTS[other]));
    for (const name of names) if (!awaited.has(name)) settle(name, ({ reject }) => reject(error));
  }
}

function settle(name, settled) {
  const request = requests.get(name);
  requests.delete(name);
  if (request) settled(request);
}
