// The board as it was last seen is kept on this device, to be read when the line is gone.
//
// `data-offline` on the body says for whom: the pages of somebody else are forgotten first. Nothing is
// kept for an agent who acts for a merchant, nor on a page without the mark. Signing out forgets all.

const PAGES = "chalandise-pages";
const PARTS = "chalandise-parts";
const OWNER = "chalandise:offline";
const AT_ONCE = ["[role=status].notices", "[data-kept] li"];

function parts() {
  const found = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((one) => one.href || one.src);
  found.push(new URL(document.documentElement.dataset.icons, location.href).href);
  const loaded = performance.getEntriesByType("resource").map((one) => one.name).filter((name) => /\.(woff2|js|css)$/.test(name));
  return [...new Set([...found, ...loaded])].filter((one) => one.startsWith(location.origin));
}

function copy() {
  const root = document.documentElement.cloneNode(true);
  for (const one of root.querySelectorAll(AT_ONCE.join())) one.remove();
  root.querySelector("body").dataset.keptAt = String(Date.now());
  return `<!doctype html>${root.outerHTML}`;
}

async function belongTo(owner) {
  if (localStorage.getItem(OWNER) === owner) return;
  await forget();
  localStorage.setItem(OWNER, owner);
}

async function keep(owner, text) {
  if (localStorage.getItem(OWNER) !== owner) return; // somebody signed out in another window meanwhile
  const address = location.origin + location.pathname + location.search;
  const headers = { "Content-Type": "text/html; charset=utf-8", "X-Kept-At": String(Date.now()) };
  await (await caches.open(PAGES)).put(address, new Response(text, { headers }));
}

async function keepParts() {
  const store = await caches.open(PARTS);
  const wanted = parts();
  const known = (await store.keys()).map((one) => one.url);
  await Promise.all(known.filter((one) => !wanted.includes(one)).map((one) => store.delete(one)));
  await Promise.all(wanted.filter((one) => !known.includes(one)).map((one) => store.add(one).catch(() => {})));
}

export async function forget() {
  localStorage.removeItem(OWNER);
  await caches.delete(PAGES);
}

export async function startKeepingPages() {
  const { offline: owner, worker } = document.body.dataset;
  if (!worker || !("serviceWorker" in navigator) || !window.caches ) return;
  try {
    if (navigator.onLine) await navigator.serviceWorker.register(worker);
    if (!owner) return;
    if (!document.body.dataset.keptAt) {
      const text = copy();
      await belongTo(owner);
      await keepParts(); // what the page wears comes first: a page that is kept opens whole
      await keep(owner, text);
    }
  } catch {
    return; // a private window, a full store: the page works as it did
  }
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt === document.body) return;
    delete document.body.dataset.keptAt; // fresh from the server
    keep(owner, copy()).catch(() => {});
  });
}
