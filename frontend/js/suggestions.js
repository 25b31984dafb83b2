// Suggestions under a field: a combobox as in the ARIA Authoring Practices (list autocomplete).
//
// <input data-suggest="/recherche/suggestions/?field=what" data-suggest-count="{n} suggestions">
// The address answers {"items": [{"value", "label", "detail"?, "icon"?, "url"?}]}.

const WAIT_MS = 160;
const LEAST = 2;
let serial = 0;

function line(item, id, sprite) {
  const option = document.createElement("li");
  option.id = id;
  option.className = "suggestions__item";
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  if (item.icon && sprite && /^[a-z-]+$/.test(item.icon)) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${sprite}#${item.icon}`);
    svg.append(use);
    option.append(svg);
  }
  const words = document.createElement("span");
  words.textContent = item.label;
  if (item.detail) {
    const detail = document.createElement("span");
    detail.className = "suggestions__detail";
    detail.textContent = item.detail;
    words.append(detail);
  }
  option.append(words);
  return option;
}

function sameOrigin(address) {
  try {
    const url = new URL(address, location.href);
    return url.origin === location.origin && url.protocol.startsWith("http") ? url.href : null;
  } catch {
    return null;
  }
}

function combobox(input) {
  const id = `suggestions-${(serial += 1)}`;
  const list = document.createElement("ul");
  list.id = id;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggestLabel ?? input.labels?.[0]?.textContent.trim() ?? "");
  const spoken = document.createElement("span");
  spoken.className = "visually-hidden";
  spoken.setAttribute("aria-live", "polite");
  input.after(list, spoken);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", id);
  input.setAttribute("autocomplete", "off");
  const sprite = document.documentElement.dataset.icons;

  let items = [];
  let active = -1;
  let timer = 0;
  let asked = null;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const move = (to) => {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = to;
    const option = list.children[active];
    if (!option) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  };

  const choose = (item) => {
    const address = item.url && sameOrigin(item.url);
    if (address) {
      location.assign(address);
      return;
    }
    input.value = item.value ?? item.label;
    for (const [name, value] of Object.entries(item.fields ?? {})) {
      const field = input.form?.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = value;
    }
    input.dispatchEvent(new Event("change", { bubbles: true }));
    close();
  };

  const show = (found) => {
    items = found;
    list.replaceChildren(...items.map((item, at) => line(item, `${id}-${at}`, sprite)));
    list.hidden = items.length === 0;
    active = -1;
    input.setAttribute("aria-expanded", String(items.length > 0));
    input.removeAttribute("aria-activedescendant");
    spoken.textContent = (input.dataset.suggestCount ?? "").replace("{n}", String(items.length));
  };

  const ask = async () => {
    const words = input.value.trim();
    asked?.abort();
    if (words.length < LEAST) {
      close();
      return;
    }
    asked = new AbortController();
    const url = new URL(input.dataset.suggest, location.href);
    url.searchParams.set("q", words);
    try {
      const answer = await fetch(url, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { items: found = [] } = await answer.json();
      if (document.activeElement === input) show(found.slice(0, 8));
    } catch {
      // A missing suggestion is not worth a sentence: the search itself still works.
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      close();
      event.preventDefault();
    } else if (event.key === "ArrowDown" && items.length) {
      if (list.hidden) show(items);
      move((active + 1) % items.length);
      event.preventDefault();
    } else if (event.key === "ArrowUp" && items.length && !list.hidden) {
      move((active - 1 + items.length) % items.length);
      event.preventDefault();
    } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
      choose(items[active]);
      event.preventDefault();
    } else if (event.key === "Tab") {
      close();
    }
  });
  input.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const at = [...list.children].indexOf(event.target.closest("li"));
    if (at >= 0) choose(items[at]);
  });
}

export function startSuggestions(root) {
  for (const input of root.querySelectorAll("input[data-suggest]:not([role=combobox])")) combobox(input);
}
