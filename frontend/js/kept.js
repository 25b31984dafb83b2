// A press of a button on a bad connection is kept on the telephone and sent when the line is back.
//
// Forms with `data-keep` carry a key drawn with the page: the server does what one key asks once, so
// that sending again is always safe. What could not be sent lies in localStorage, survives a closed
// page, and shows in the list `[data-kept]` until it has gone or somebody drops it.

const STORE = "chalandise:kept";
const PATIENCE_MS = 10_000;
const AGAIN_MS = 15_000;

const list = document.querySelector("[data-kept]");
const notice = document.querySelector("[data-offline-notice]");
let flushing = false;

function read() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) ?? [];
  } catch {
    return [];
  }
}

function write(taps) {
  try {
    localStorage.setItem(STORE, JSON.stringify(taps));
    return true;
  } catch {
    return false; // a full or forbidden store: the form stays as it is
  }
}

function change(key, facts) {
  write(read().map((tap) => (tap.key === key ? { ...tap, ...facts } : tap)));
}

function drop(key) {
  write(read().filter((tap) => tap.key !== key));
}

function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function tapOf(form, button) {
  const fields = [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
  if (button?.name) fields.push([button.name, button.value]);
  let key = fields.find(([name]) => name === "key")?.[1];
  if (!key) fields.push(["key", (key = newKey())]);
  const said = form.dataset.keep || document.title;
  const pressed = button?.textContent.trim() ?? "";
  const label = said.includes(pressed) ? said : `${said} · ${pressed}`;
  return { key, url: form.action, label, fields, at: new Date().toISOString(), state: "kept", text: "" };
}

function token(root = document) {
  return root.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

async function freshToken() {
  const page = await fetch(location.href, { headers: { Accept: "text/html" } });
  return token(new DOMParser().parseFromString(await page.text(), "text/html"));
}

async function post(tap, how, secret) {
  const body = new URLSearchParams(tap.fields);
  body.set("tapped_at", tap.at);
  body.set("csrfmiddlewaretoken", secret);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    return await fetch(tap.url, {
      method: "POST", body, signal: stop.signal, headers: { "X-Tap": how, Accept: "application/json" },
    });
  } finally {
    clearTimeout(timer);
  }
}

// The server's answer; null when there was none, and the gesture should wait.
async function send(tap, how) {
  try {
    let response = await post(tap, how, token());
    if (response.status === 403) response = await post(tap, how, await freshToken());
    if (response.status === 404) return { state: "refused", text: list?.dataset.gone ?? "" };
    if (response.redirected || response.status === 403) return { state: "sign-in", text: list?.dataset.signIn ?? "" };
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

function go(address) {
  const there = new URL(address, location.href);
  if (there.pathname === location.pathname && there.search === location.search) location.reload();
  else location.assign(there);
}

async function pressed(event) {
  const form = event.target;
  if (form.method !== "post" || form.dataset.keep === undefined) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.sent) return;
  form.dataset.sent = "1";
  const button = event.submitter;
  const tap = tapOf(form, button);
  button?.setAttribute("aria-busy", "true");
  const answer = navigator.onLine ? await send(tap, "now") : null;
  if (answer?.url) return go(answer.url);
  delete form.dataset.sent;
  button?.removeAttribute("aria-busy");
  if (answer) Object.assign(tap, { state: answer.state, text: answer.text });
  const others = read().filter((one) => one.key !== tap.key);
  if (!write([...others, tap])) return form.submit();
  show();
}

async function flush() {
  if (flushing || !navigator.onLine || !read().some((tap) => tap.state !== "refused")) return show();
  flushing = true;
  let gone = false;
  try {
    for (const tap of read().filter((one) => one.state !== "refused")) {
      change(tap.key, { state: "sending" });
      show();
      const answer = await send(tap, "kept");
      if (!answer || answer.state === "sign-in") {
        change(tap.key, { state: answer?.state ?? "kept", text: answer?.text ?? "" });
        break; // in the order they were made
      }
      if (answer.state === "refused") change(tap.key, { state: "refused", text: answer.text });
      else drop(tap.key);
      gone = true;
    }
  } finally {
    flushing = false;
  }
  show();
  if (gone) refresh();
}

// What is shown is brought up to date, unless somebody is writing.
function refresh() {
  if (document.querySelector("[data-board]")) document.body.dispatchEvent(new CustomEvent("board:refresh"));
  else if (!document.activeElement?.matches("input, textarea, select") && !read().length) location.reload();
}

function alone() {
  return navigator.locks ? navigator.locks.request(STORE, flush) : flush();
}

function show() {
  const taps = read();
  if (notice) notice.hidden = navigator.onLine && !document.body.dataset.keptAt && !taps.some((tap) => tap.state !== "refused");
  if (list) {
    const line = document.getElementById("kept-line").content.firstElementChild;
    list.replaceChildren(...taps.map((tap) => {
      const row = line.cloneNode(true);
      row.dataset.keptState = tap.state;
      row.querySelector("[data-kept-label]").textContent = tap.label;
      row.querySelector("[data-kept-said]").textContent = tap.text || list.dataset[tap.state === "sending" ? "sending" : "waiting"];
      row.querySelector("button").dataset.keptDrop = tap.key;
      return row;
    }));
    list.hidden = !taps.length;
  }
  mark(taps.filter((tap) => tap.state !== "refused"));
}

// A button whose gesture waits says so, on this page and on the next.
function mark(taps) {
  for (const form of document.querySelectorAll("form[data-keep]")) {
    const wish = form.querySelector("[name=do]")?.value;
    const isKept = taps.some((tap) => tap.url === form.action && tap.fields.find(([name]) => name === "do")?.[1] === wish);
    for (const button of form.querySelectorAll("button")) {
      if (isKept === button.hasAttribute("data-held")) continue;
      button.disabled = isKept;
      button.toggleAttribute("data-held", isKept);
    }
  }
}

export function startKeeping() {
  document.addEventListener("submit", pressed, { capture: true });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-kept-drop]");
    if (!button) return;
    drop(button.dataset.keptDrop);
    show();
  });
  document.addEventListener("htmx:load", () => show());
  window.addEventListener("online", alone);
  window.addEventListener("offline", show);
  window.addEventListener("storage", show);
  setInterval(alone, AGAIN_MS);
  show();
  alone();
}
