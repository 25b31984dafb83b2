// The map of a round: numbered stops in the order of the visits, the line between them, and the list
// beside it, each showing what is pointed at in the other. Stops come with the page and leave it for
// nobody: what is asked for is the public ground alone, the same for every visitor.
import { LngLatBounds, Marker, Popup } from "maplibre-gl";
import { describe } from "./map-popup.js";
import { NARROW, openView, readGround } from "./map-view.js";

const APART = 34; // pixels between the middles of two stops, so that each can be tapped
const PUSHES = 24;
const STREETS = 16;
const TOWN = 12.5; // without tiles there is nothing to see between the outlines of communes

const told = (stop) => stop.visits.map((one) => `${one.time} · ${one.name}`);

function lineOf(coordinates) {
  return { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates } };
}

function pointsOf(stops, places) {
  const features = stops.map((stop, rank) => ({
    type: "Feature", properties: { rank, text: told(stop).join("\n"), time: stop.visits[0].time }, geometry: { type: "Point", coordinates: places[rank] },
  }));
  return { type: "FeatureCollection", features };
}

function paint(map) {
  const colour = (name, otherwise) => getComputedStyle(document.documentElement).getPropertyValue(name).trim() || otherwise;
  const round = { "line-join": "round", "line-cap": "round" };
  map.addSource("round", { type: "geojson", data: lineOf([]) });
  map.addSource("stops", { type: "geojson", data: pointsOf([], []) });
  map.addLayer({ id: "round-edge", type: "line", source: "round", layout: round, paint: { "line-color": "#fff", "line-width": 7 } });
  map.addLayer({ id: "round", type: "line", source: "round", layout: round, paint: { "line-color": colour("--brand", "#1e5b45"), "line-width": 3, "line-dasharray": [0.1, 2] } });
  map.addLayer({
    id: "stop-names", type: "symbol", source: "stops",
    layout: {
      "text-font": ["Figtree Semi Bold"], "text-size": 14, "text-max-width": 11, "text-line-height": 1.25,
      "text-radial-offset": 1.6, "text-justify": "auto",
      "symbol-sort-key": ["get", "rank"],
    },
    paint: { "text-color": colour("--ink", "#22302a"), "text-halo-color": "#fff", "text-halo-width": 2 },
  });
  // Nothing is written where a number stands; the numbers themselves are buttons above the map.
  map.addLayer({
    id: "stop-places", type: "symbol", source: "stops",
    layout: { "text-field": "00", "text-font": ["Figtree Semi Bold"], "text-size": 26, "text-allow-overlap": true },
    paint: { "text-opacity": 0 },
  });
}

/** Where on the screen each stop stands: at its place, or pushed aside until none covers another. */
function apart(spots) {
  const moved = spots.map(({ x, y }) => ({ x, y }));
  for (let push = 0; push < PUSHES; push += 1) {
    for (const [here, a] of moved.entries()) {
      for (const b of moved.slice(here + 1)) {
        const [x, y] = [b.x - a.x, b.y - a.y];
        const far = Math.hypot(x, y);
        if (far >= APART) continue;
        const [dx, dy] = far ? [x / far, y / far] : [1, 0];
        const half = (APART - far) / 2;
        a.x -= dx * half;
        a.y -= dy * half;
        b.x += dx * half;
        b.y += dy * half;
      }
    }
  }
  return moved;
}

export function openRound(element) {
  const { stops, line } = JSON.parse(element.querySelector("script").textContent);
  const frame = element.closest("[data-round]");
  const lines = [...frame.querySelectorAll("[data-stop]")];
  const bounds = line.reduce((box, at) => box.extend(at), new LngLatBounds(line[0], line[0]));
  const isNarrow = () => element.clientWidth < NARROW;
  const framing = () => {
    const [high, wide] = isNarrow() ? [48, 36] : [52, 110]; // names stand beside the stops, and the buttons of the zoom
    return { padding: { top: high, right: wide + (isNarrow() ? 42 : 0), bottom: high, left: wide }, maxZoom: element.dataset.tiles ? STREETS : TOWN };
  };
  const write = () => {
    map.setLayoutProperty("stop-names", "text-field", ["get", isNarrow() ? "time" : "text"]);
    map.setLayoutProperty("stop-names", "text-variable-anchor", isNarrow() ? ["bottom", "top", "left", "right"] : ["left", "right", "top", "bottom"]);
  };
  const map = openView(element, { bounds, fitBoundsOptions: framing(), cooperativeGestures: true }, { folds: true });
  if (!map) return null; // the drawing below stays

  const popup = new Popup({ closeButton: true, maxWidth: "16rem", offset: 22, focusAfterOpen: false });
  const stopOf = (number) => stops.findIndex((stop) => stop.visits.some((one) => String(one.number) === number));
  let opened = -1;
  let markers = [];

  const mark = (rank) => {
    for (const [other, one] of markers.entries()) one.getElement().classList.toggle("is-here", other === rank);
    for (const one of lines) one.classList.toggle("is-here", rank >= 0 && stopOf(one.dataset.stop) === rank);
  };
  const open = (rank) => {
    const said = document.createElement("div");
    said.append(...stops[rank].visits.map(({ name, where, time }) => describe({ name, where, status: time })));
    popup.setLngLat(markers[rank].getLngLat()).setDOMContent(said).addTo(map);
    opened = rank;
    mark(rank);
  };
  popup.on("close", () => {
    opened = -1;
    mark(-1);
  });

  const button = (stop, rank) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "round-stop";
    made.textContent = stop.label;
    const marker = new Marker({ element: made }).setLngLat(stop.at).addTo(map);
    made.setAttribute("aria-label", `${stop.label}, ${told(stop).join(", ")}`);
    made.addEventListener("click", (event) => {
      event.stopPropagation();
      open(rank);
    });
    made.addEventListener("keydown", (event) => {
      if (event.key === "Escape") popup.remove();
    });
    for (const come of ["mouseenter", "focus"]) made.addEventListener(come, () => mark(rank));
    for (const go of ["mouseleave", "blur"]) made.addEventListener(go, () => mark(opened));
    return marker;
  };
  const settle = () => {
    const spots = apart(stops.map((stop) => map.project(stop.at)));
    const places = spots.map(({ x, y }) => map.unproject([x, y]).toArray());
    for (const [rank, place] of places.entries()) markers[rank].setLngLat(place);
    map.getSource("stops").setData(pointsOf(stops, places));
    map.getSource("round").setData(lineOf(line.map((at) => places[stops.findIndex((stop) => String(stop.at) === String(at))])));
  };

  for (const one of lines) {
    const rank = stopOf(one.dataset.stop);
    if (rank < 0) continue; // a place that nobody knows
    for (const come of ["mouseenter", "focusin"]) one.addEventListener(come, () => mark(rank));
    for (const go of ["mouseleave", "focusout"]) one.addEventListener(go, () => mark(opened));
    one.querySelector("[data-stop-show]")?.addEventListener("click", () => {
      if (!map.getBounds().contains(stops[rank].at)) map.easeTo({ center: stops[rank].at });
      element.scrollIntoView({ block: "nearest" });
      markers[rank].getElement().focus({ preventScroll: true });
      open(rank);
    });
  }

  map.on("load", () => {
    paint(map);
    write();
    markers = stops.map(button);
    settle();
    element.classList.add("is-ready");
    for (const one of lines) one.querySelector("[data-stop-show]")?.toggleAttribute("hidden", stopOf(one.dataset.stop) < 0);
    readGround(map, element);
  });
  map.on("zoomend", () => markers.length && settle());
  // A frame that changes its size shows all stops again, unless somebody looks elsewhere.
  let isMoved = false;
  map.on("movestart", ({ originalEvent }) => {
    if (originalEvent && originalEvent.type !== "resize") isMoved = true;
  });
  map.on("resize", () => {
    if (map.getLayer("stop-names")) write();
    if (!isMoved) map.fitBounds(bounds, { ...framing(), animate: false });
  });
  return map;
}
