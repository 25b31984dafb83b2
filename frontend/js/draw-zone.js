// A zone drawn on the map: taps add corners, corners are dragged or moved by the arrow keys. The
// list of corners in the form is the truth: the map reads it, writes it, and follows when it is typed.
import { Marker } from "maplibre-gl";
import { openView, readGround } from "./map-view.js";

const STEP = 8; // pixels a press of an arrow key moves a corner
const LEAST_SIDE = 80; // pixels between two corners that leave room for a dot
const MOST_HANDLES = 120; // beyond, corners are changed in the list only
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

export function readCorners(text) {
  const corners = [];
  for (const line of text.split("\n")) {
    const parts = line.includes(";") ? line.split(";").map((part) => part.trim().replace(",", ".")) : line.split(/[,\s]+/);
    const [latitude, longitude] = parts.filter((part) => part.trim()).map(Number);
    if (Number.isFinite(latitude) && Number.isFinite(longitude) && Math.abs(latitude) <= 90) corners.push([longitude, latitude]);
  }
  return corners;
}

const written = (corners) => corners.map(([x, y]) => `${y.toFixed(6)}, ${x.toFixed(6)}`).join("\n");

const turn = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

function crosses(corners) {
  const count = corners.length;
  const side = (index) => [corners[index], corners[(index + 1) % count]];
  for (let here = 0; here < count; here += 1) {
    for (let there = here + 2; there < count; there += 1) {
      if (here === 0 && there === count - 1) continue;
      const [[a, b], [c, d]] = [side(here), side(there)];
      if (turn(a, b, c) > 0 !== turn(a, b, d) > 0 && turn(c, d, a) > 0 !== turn(c, d, b) > 0) return true;
    }
  }
  return false;
}

function shapeOf(corners) {
  const features = [];
  if (corners.length > 2) features.push({ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...corners, corners[0]]] } });
  else if (corners.length === 2) features.push({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: corners } });
  return { type: "FeatureCollection", features };
}

export function openDrawing(element) {
  const frame = element.closest("[data-zone]");
  const list = element.closest("form").querySelector("[name=outline]");
  const said = frame.querySelector("[data-zone-said]");
  const [west, south, east, north] = element.dataset.bounds.split(",").map(Number);
  const map = openView(element, {
    bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: { top: 36, bottom: 44, left: 36, right: 68 } },
    cooperativeGestures: true, doubleClickZoom: false,
  }, { folds: false });
  if (!map) {
    element.querySelector("[data-map-wait]").textContent = element.dataset.failed ?? "";
    return null;
  }

  let corners = readCorners(list.value);
  const past = [];
  let handles = [];

  const tell = () => {
    const words = element.dataset;
    said.textContent = crosses(corners) ? words.crossing : corners.length < 3 ? words.more : words.count.replace("{number}", corners.length);
    frame.classList.toggle("zone-map--crossed", crosses(corners));
    frame.querySelector("[data-zone-do=undo]").disabled = !past.length;
    frame.querySelector("[data-zone-do=clear]").disabled = !corners.length;
  };
  const paint = () => map.getSource("zone")?.setData(shapeOf(corners));
  const change = (next) => {
    past.push(corners);
    corners = next;
    list.value = written(corners);
    show();
  };

  const button = (css, label) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = css;
    made.setAttribute("aria-label", label);
    return made;
  };
  const moved = (index, [x, y]) => corners.map((corner, at) => (at === index ? [x, y] : corner));

  function corner(at, index) {
    const made = button("zone-corner", element.dataset.corner.replace("{number}", index + 1));
    const handle = new Marker({ element: made, draggable: true }).setLngLat(at).addTo(map);
    made.setAttribute("aria-label", element.dataset.corner.replace("{number}", index + 1));
    handle.on("drag", () => {
      map.getSource("zone")?.setData(shapeOf(moved(index, handle.getLngLat().toArray())));
    });
    handle.on("dragend", () => change(moved(index, handle.getLngLat().toArray())));
    made.addEventListener("click", (event) => event.stopPropagation());
    made.addEventListener("keydown", (event) => {
      const by = ARROWS[event.key];
      if (!by && event.key !== "Delete" && event.key !== "Backspace") return;
      event.preventDefault();
      event.stopPropagation();
      if (by) {
        const { x, y } = map.project(corners[index]);
        change(moved(index, map.unproject([x + by[0], y + by[1]]).toArray()));
      } else {
        change(corners.filter((_corner, other) => other !== index));
      }
      frame.querySelectorAll(".zone-corner")[Math.min(index, corners.length - 1)]?.focus();
    });
    return handle;
  }

  function between(index) {
    const [a, b] = [corners[index], corners[(index + 1) % corners.length]];
    const middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    const made = button("zone-between", "");
    const handle = new Marker({ element: made }).setLngLat(middle).addTo(map);
    made.setAttribute("aria-label", element.dataset.between.replace("{number}", index + 1));
    made.addEventListener("click", (event) => {
      event.stopPropagation();
      change([...corners.slice(0, index + 1), middle, ...corners.slice(index + 1)]);
      frame.querySelectorAll(".zone-corner")[index + 1]?.focus();
    });
    return handle;
  }

  function show() {
    for (const handle of handles) handle.remove();
    handles = corners.length > MOST_HANDLES ? [] : corners.map(corner);
    if (handles.length > 2) {
      const spots = corners.map((one) => map.project(one));
      const isLong = (_corner, index) => spots[index].dist(spots[(index + 1) % spots.length]) > LEAST_SIDE;
      handles.push(...corners.map((one, index) => isLong(one, index) && between(index)).filter(Boolean));
    }
    paint();
    tell();
  }

  map.on("load", () => {
    element.classList.add("is-ready");
    const brand = getComputedStyle(document.documentElement).getPropertyValue("--brand").trim() || "#1e5b45";
    map.addSource("zone", { type: "geojson", data: shapeOf(corners) });
    map.addLayer({ id: "zone-fill", type: "fill", source: "zone", paint: { "fill-color": brand, "fill-opacity": 0.22 } });
    map.addLayer({ id: "zone-line", type: "line", source: "zone", layout: { "line-join": "round" }, paint: { "line-color": brand, "line-width": 3 } });
    readGround(map, element);
    if (element.dataset.shop) {
      const spot = document.createElement("span");
      spot.className = "zone-shop";
      spot.textContent = element.dataset.shopWord;
      new Marker({ element: spot, anchor: "top" }).setLngLat(element.dataset.shop.split(",").map(Number)).addTo(map);
    }
    show();
  });
  map.on("zoomend", () => {
    const held = frame.querySelector(":focus")?.getAttribute("aria-label");
    show();
    if (held) [...frame.querySelectorAll(".zone-corner")].find((one) => one.getAttribute("aria-label") === held)?.focus();
  });
  map.on("click", ({ lngLat }) => change([...corners, lngLat.toArray()]));
  list.addEventListener("input", () => {
    past.push(corners);
    corners = readCorners(list.value);
    show();
  });
  frame.addEventListener("click", (event) => {
    const what = event.target.closest("[data-zone-do]")?.dataset.zoneDo;
    if (what === "add") change([...corners, map.getCenter().toArray()]);
    if (what === "clear") change([]);
    if (what === "undo" && past.length) {
      corners = past.pop();
      list.value = written(corners);
      show();
    }
  });
  return map;
}
