// The counter's service worker: without a line, the last board that was seen is shown again.
//
// It answers only what the network did not, only addresses under /comptoir/, only pages that
// `keep-page.js` has kept on this device for the person who is signed in, and none older than a
// working day. A page that leads to the sign-in page instead forgets them all. Forms are never touched.

const PAGES = "chalandise-pages";
const PARTS = "chalandise-parts";
const LONGEST_MS = 12 * 3600 * 1000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keptPage(address) {
  const pages = await caches.open(PAGES);
  const found = await pages.match(address);
  if (!found) return null;
  if (Date.now() - Number(found.headers.get("X-Kept-At")) < LONGEST_MS) return found;
  await pages.delete(address);
  return null;
}

async function page(request) {
  try {
    const response = await fetch(request);
    // A redirect or a refusal where a page was kept: the session is over, or was another's.
    const isGone = response.type === "opaqueredirect" || [401, 403, 404].includes(response.status);
    if (isGone && (await keptPage(request.url))) await caches.delete(PAGES);
    return response;
  } catch (error) {
    const found = await keptPage(request.url);
    if (found) return found;
    throw error;
  }
}

async function part(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await caches.match(request.url, { cacheName: PARTS });
    if (found) return found;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (["style", "script", "font", "image"].includes(request.destination)) event.respondWith(part(request));
});
