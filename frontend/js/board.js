// The board of orders speaks up: a bell for a new order, if the merchant wants one, and a figure in
// the title. The bell is two notes made here; nothing is loaded.

const WISH = "chalandise:bell";
let air = null;

function wanted() {
  try {
    return localStorage.getItem(WISH) === "1";
  } catch {
    return false;
  }
}

function ring() {
  air ??= new AudioContext();
  air.resume();
  for (const [start, pitch] of [[0, 784], [0.18, 1047]]) {
    const note = air.createOscillator();
    const loudness = air.createGain();
    const at = air.currentTime + start;
    note.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, at);
    loudness.gain.exponentialRampToValueAtTime(0.35, at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, at + 0.9);
    note.connect(loudness).connect(air.destination);
    note.start(at);
    note.stop(at + 1);
  }
}

function startBell(button) {
  if (!button || !window.AudioContext) return;
  button.hidden = false;
  button.setAttribute("aria-pressed", String(wanted()));
  button.addEventListener("click", () => {
    const now = !wanted();
    try {
      localStorage.setItem(WISH, now ? "1" : "");
    } catch {
      return;
    }
    button.setAttribute("aria-pressed", String(now));
    if (now) ring();
  });
}

export function startBoard() {
  const first = document.querySelector("[data-board]");
  if (!first) return;
  startBell(document.querySelector("[data-sound]"));
  const title = document.title.replace(/^\(\d+\) /, "");
  let newest = Number(first.dataset.newest);
  document.addEventListener("htmx:load", () => {
    const board = document.querySelector("[data-board]");
    if (!board) return;
    const count = Number(board.dataset.new);
    document.title = count ? `(${count}) ${title}` : title;
    const latest = Number(board.dataset.newest);
    if (latest <= newest) return;
    newest = latest;
    const said = document.querySelector("[data-board-said]");
    if (said) said.textContent = said.dataset.text;
    if (wanted()) ring();
  });
}
