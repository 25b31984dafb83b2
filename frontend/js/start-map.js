// Fetches the map's own chunk only where a map stands, and only when it comes into view.

function load(element) {
  if (element.dataset.css && !document.querySelector("link[data-map-css]")) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = element.dataset.css;
    link.dataset.mapCss = "";
    document.head.append(link);
  }
  import(element.dataset.module)
    .then(({ openMap, openDrawing, openRound }) => ({ draw: openDrawing, round: openRound }[element.dataset.map] ?? openMap)(element))
    .catch(() => {
      const wait = element.querySelector("[data-map-wait]");
      if (wait) wait.textContent = element.dataset.failed ?? "";
    });
}

export function startMaps(root) {
  for (const element of root.querySelectorAll("[data-map]:not([data-started])")) {
    element.dataset.started = "";
    element.closest("[data-zone]")?.removeAttribute("hidden");
    if (!("IntersectionObserver" in window)) {
      load(element);
      continue;
    }
    const watch = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      load(element);
    }, { rootMargin: "120px" });
    watch.observe(element);
  }
}

// The map tells where it looks; a form beside it asks for the list of the same place.
document.addEventListener("map:moved", (event) => {
  const form = document.querySelector(event.target.dataset.filters || "form[data-map-form]");
  const box = form?.elements.namedItem("bbox");
  if (!(box instanceof HTMLInputElement)) return;
  box.value = event.detail.bbox;
  form.dispatchEvent(new CustomEvent("map-moved", { bubbles: true }));
});
