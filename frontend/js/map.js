// The map: our own contours as ground, shops from /api/v1/map, a popup written by textContent only.
// No tile, glyph or sprite is fetched from elsewhere unless the operator gives a tile source.
import { Popup } from "maplibre-gl";
import { describe } from "./map-popup.js";
import { NOBODY } from "./map-style.js";
import { openView } from "./map-view.js";

export { openDrawing } from "./draw-zone.js";
export { openRound } from "./round-map.js";

const numbers = (text) => (text ?? "").split(",").map(Number);

function boundsOf(element) {
  const [west, south, east, north] = numbers(element.dataset.bounds);
  return [west, south, east, north].every(Number.isFinite) ? [[west, south], [east, north]] : [[-5.3, 41.2], [9.7, 51.2]];
}

function boxOf(map) {
  const box = map.getBounds();
  const within = (value, most) => Math.max(-most, Math.min(most, value)).toFixed(5);
  return [within(box.getWest(), 180), within(box.getSouth(), 90), within(box.getEast(), 180), within(box.getNorth(), 90)].join(",");
}

function filtersOf(element) {
  const query = new URLSearchParams(element.dataset.query ?? "");
  const form = element.dataset.filters && document.querySelector(element.dataset.filters);
  if (form) {
    for (const [name, value] of new FormData(form)) {
      if (value && typeof value === "string" && !["bbox", "zoom", "page", "csrfmiddlewaretoken"].includes(name)) {
        query.append(name, value);
      }
    }
  }
  return query;
}

function reader(map, source, onError) {
  let asked = null;
  return async (address) => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "application/geo+json, application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      map.getSource(source)?.setData(found);
      return found;
    } catch (error) {
      if (error.name !== "AbortError") onError?.(error);
      return null;
    }
  };
}

export function openMap(element) {
  const still = element.dataset.map === "preview";
  const wait = element.querySelector("[data-map-wait]");
  const say = (sentence) => {
    element.classList.remove("is-ready");
    if (wait) wait.textContent = sentence;
  };
  const map = openView(
    element,
    { bounds: boundsOf(element), fitBoundsOptions: { padding: 24 }, cooperativeGestures: still },
    still ? { scale: "", folds: true } : { scale: "bottom-right" },
  );
  if (!map) {
    say(element.dataset.failed ?? "");
    return null;
  }

  const readShops = reader(map, "shops", () => {
    const note = element.querySelector("[data-map-note]");
    if (note) {
      note.textContent = element.dataset.failed ?? "";
      note.hidden = false;
    }
  });
  const readContours = reader(map, "communes");
  const readOutlines = reader(map, "outlines");
  const contours = element.dataset.contours ?? "";

  const askShops = async () => {
    const address = new URL(element.dataset.points, location.href);
    for (const [name, value] of filtersOf(element)) address.searchParams.append(name, value);
    address.searchParams.set("bbox", boxOf(map));
    address.searchParams.set("zoom", String(Math.max(0, Math.round(map.getZoom()))));
    const found = await readShops(address);
    if (!found) return;
    const note = element.querySelector("[data-map-note]");
    if (note) note.hidden = true;
    element.dispatchEvent(new CustomEvent("map:loaded", { bubbles: true, detail: { count: found.features?.length ?? 0 } }));
  };
  const askContours = () => {
    if (contours.includes("{bbox}")) {
      readContours(contours.replace("{bbox}", boxOf(map)).replace("{zoom}", String(Math.round(map.getZoom()))));
    }
  };

  const popup = new Popup({ closeButton: true, maxWidth: "17rem", offset: 12, focusAfterOpen: true });
  const openPopup = (feature) => {
    popup.setLngLat(feature.geometry.coordinates.slice()).setDOMContent(describe(feature.properties, element.dataset.sheet)).addTo(map);
  };

  const mark = (id) => {
    map.setFilter("shop-here", ["==", ["to-string", ["get", "id"]], id ?? NOBODY]);
    for (const line of document.querySelectorAll("[data-shop-id]")) line.classList.toggle("is-here", line.dataset.shopId === id);
  };

  map.on("load", () => {
    element.classList.add("is-ready");
    askShops();
    if (contours && !contours.includes("{bbox}")) readContours(contours);
    askContours();
    if (element.dataset.outlines) readOutlines(element.dataset.outlines);
  });
  map.on("moveend", (event) => {
    if (!map.loaded() && !map.isStyleLoaded()) return;
    askShops();
    askContours();
    // Only a person's gesture changes the list; our own first framing does not.
    if (event.originalEvent || element.dataset.moved) {
      delete element.dataset.moved;
      element.dispatchEvent(new CustomEvent("map:moved", { bubbles: true, detail: { bbox: boxOf(map), zoom: map.getZoom() } }));
    }
  });
  map.on("click", "clusters", ({ features: [cluster] }) => {
    element.dataset.moved = "1";
    map.easeTo({ center: cluster.geometry.coordinates, zoom: Math.min(map.getZoom() + 2, 17) });
  });
  map.on("click", "shops", ({ features: [shop] }) => {
    openPopup(shop);
    mark(String(shop.properties.id));
  });
  for (const layer of ["clusters", "shops"]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
  map.on("error", ({ error }) => {
    if (/webgl/i.test(error?.message ?? "")) say(element.dataset.failed ?? "");
  });

  // The list beside says the same: pointing at a line shows its place.
  const point = (event) => {
    const line = event.target.closest?.("[data-shop-id]");
    if (line) mark(line.dataset.shopId);
  };
  document.addEventListener("focusin", point);
  document.addEventListener("mouseover", point);
  document.addEventListener("near-me", ({ detail }) => map.easeTo({ center: [detail.longitude, detail.latitude], zoom: 13 }));
  if (element.dataset.filters) {
    document.querySelector(element.dataset.filters)?.addEventListener("change", askShops);
  }
  return map;
}
