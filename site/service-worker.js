// Caches all files of one version of the site, so that later visits need no network. `make site` inserts VERSION and FILES, with
// the SHA-256 of each, above. A new version is fetched completely and takes over when no page of the old one is open.
const CACHE = `digits ${self.registration.scope} ${VERSION}`;
const base = new URL("./", self.location);

async function fetched(name) {
  const bytes = Uint8Array.from(FILES[name].match(/../g), (pair) => parseInt(pair, 16));
  const integrity = `sha256-${btoa(String.fromCharCode(...bytes))}`;
  const response = await fetch(new URL(name, base), { integrity, cache: "no-cache" });
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response;
}

async function keepAll() {
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(Object.keys(FILES).map(async (name) => cache.put(new URL(name, base), await fetched(name))));
  } catch (error) {
    await caches.delete(CACHE); // all files or none
    throw error;
  }
}

async function dropOthers() {
  const own = CACHE.slice(0, -VERSION.length);
  const old = (await caches.keys()).filter((name) => name.startsWith(own) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function answer(request) {
  const cache = await caches.open(CACHE);
  const url = new URL(request.url);
  url.search = url.hash = "";
  if (url.href === base.href) url.pathname += "index.html";
  return (await cache.match(url)) ?? fetch(request);
}

addEventListener("install", (event) => event.waitUntil(keepAll()));
addEventListener("activate", (event) => event.waitUntil(dropOthers()));
addEventListener("fetch", (event) => {
  if (event.request.method === "GET" && event.request.url.startsWith(base.href)) event.respondWith(answer(event.request));
});
