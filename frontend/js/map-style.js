// The look of the map, from the page's own colours. Names are drawn with the page's font: without a
// `glyphs` address MapLibre makes each letter itself, so nothing is fetched.

const EMPTY = { type: "FeatureCollection", features: [] };
export const NOBODY = "(nobody)";
const FONT = ["Figtree Semi Bold"];

function colour(name, otherwise) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || otherwise;
}

export function ground(element) {
  const brand = colour("--brand", "#1e5b45");
  const deep = colour("--brand-deep", "#123c2d");
  const accent = colour("--accent", "#b5451f");
  const ink = colour("--ink", "#22302a");
  const soft = colour("--ink-soft", "#56645c");
  const style = {
    version: 8,
    sources: {
      communes: { type: "geojson", data: EMPTY, tolerance: 0.4 },
      outlines: { type: "geojson", data: EMPTY },
      shops: { type: "geojson", data: EMPTY },
    },
    layers: [{ id: "ground", type: "background", paint: { "background-color": "#e3e9df" } }],
  };
  const tiles = element.dataset.tiles;
  if (tiles) {
    const credit = document.createElement("span"); // the operator's text, which MapLibre reads as HTML
    credit.textContent = element.dataset.tilesAttribution || "";
    style.sources.tiles = {
      type: "raster", tiles: [tiles], tileSize: 256, attribution: credit.innerHTML,
    };
    style.layers.push({ id: "tiles", type: "raster", source: "tiles", paint: { "raster-saturation": -0.35 } });
  }
  style.layers.push(
    { id: "inside", type: "fill", source: "outlines", paint: { "fill-color": "#f6f2e7", "fill-opacity": tiles ? 0 : 1 } },
    {
      id: "communes", type: "fill", source: "communes",
      paint: {
        "fill-color": ["match", ["%", ["length", ["to-string", ["get", "name"]]], 3], 0, "#f5f1e6", 1, "#f1efe2", "#f8f5ec"],
        "fill-opacity": tiles ? 0 : 1,
      },
    },
    {
      id: "commune-lines", type: "line", source: "communes",
      paint: { "line-color": "#cfcdb8", "line-width": ["interpolate", ["linear"], ["zoom"], 7, 0.4, 12, 1.4], "line-opacity": tiles ? 0.5 : 1 },
    },
    {
      id: "outlines", type: "line", source: "outlines",
      layout: { "line-join": "round" },
      paint: { "line-color": brand, "line-opacity": 0.45, "line-width": ["interpolate", ["linear"], ["zoom"], 6, 1, 12, 2.5] },
    },
    {
      id: "commune-names", type: "symbol", source: "communes", minzoom: 5,
      filter: ["any", [">=", ["zoom"], 8], [">", ["coalesce", ["get", "population"], 0], 2500]],
      layout: {
        "text-field": ["get", "name"], "text-font": FONT,
        "text-size": ["interpolate", ["linear"], ["zoom"], 8, ["case", [">", ["coalesce", ["get", "population"], 0], 4000], 13, 11], 13, ["case", [">", ["coalesce", ["get", "population"], 0], 4000], 17, 14]],
        "text-max-width": 7, "text-padding": 6,
        // The largest places are named first; small ones wait for room.
        "symbol-sort-key": ["-", 0, ["coalesce", ["get", "population"], 0]],
      },
      paint: { "text-color": soft, "text-halo-color": "#fbf9f2", "text-halo-width": 1.6 },
    },
    {
      id: "clusters", type: "circle", source: "shops", filter: ["==", ["get", "cluster"], true],
      paint: {
        "circle-color": brand, "circle-stroke-color": "#fff", "circle-stroke-width": 2.5,
        "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "point_count"]], 1, 13, 5, 17, 20, 27, 60, 36],
      },
    },
    {
      id: "cluster-counts", type: "symbol", source: "shops", filter: ["==", ["get", "cluster"], true],
      layout: { "text-field": ["to-string", ["get", "point_count"]], "text-font": FONT, "text-size": 13, "text-allow-overlap": true, "text-ignore-placement": true },
      paint: { "text-color": colour("--on-brand", "#fff") },
    },
    {
      id: "shops", type: "circle", source: "shops", filter: ["!=", ["get", "cluster"], true],
      paint: {
        "circle-color": ["case", ["==", ["get", "is_open"], true], brand, ["==", ["get", "is_open"], false], "#7c857f", accent],
        "circle-stroke-color": "#fff", "circle-stroke-width": 2, "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 6, 15, 9],
      },
    },
    {
      id: "shop-here", type: "circle", source: "shops", filter: ["==", ["to-string", ["get", "id"]], NOBODY],
      paint: { "circle-color": "#e8b23a", "circle-stroke-color": deep, "circle-stroke-width": 3, "circle-radius": 11 },
    },
    {
      id: "shop-names", type: "symbol", source: "shops", minzoom: 14, filter: ["!=", ["get", "cluster"], true],
      layout: {
        "text-field": ["coalesce", ["get", "name"], ""], "text-font": FONT, "text-size": 13, "text-max-width": 9,
        "text-anchor": "top", "text-offset": [0, 0.9], "text-optional": true,
      },
      paint: { "text-color": ink, "text-halo-color": "#fff", "text-halo-width": 1.8 },
    },
  );
  return style;
}
