// What every map of the site has alike: our own ground, its controls, the sources it credits.
import { AttributionControl, Map as MapView, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import { ground } from "./map-style.js";

export const NARROW = 480;

/** Open a map in its frame; null where a browser cannot draw one. */
export function openView(element, options, { scale = "bottom-left", folds = element.clientWidth < NARROW } = {}) {
  setWorkerUrl(new URL(element.dataset.worker, location.href).href);
  let map;
  try {
    map = new MapView({
      container: element.querySelector("[data-map-canvas]"),
      style: ground(element),
      minZoom: 4,
      maxZoom: 18,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      locale: JSON.parse(element.dataset.words ?? "{}"),
      ...options,
    });
  } catch {
    return null;
  }
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation?.();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  if (scale) map.addControl(new ScaleControl({ unit: "metric" }), scale);
  map.addControl(new AttributionControl({ compact: !element.dataset.tilesAttribution, customAttribution: element.dataset.attribution || undefined }), "bottom-right");
  if (folds) {
    // Room is short: the sources wait behind their « i »; the foot of the page names them too.
    const sources = element.querySelector(".maplibregl-ctrl-attrib");
    sources?.classList.remove("maplibregl-compact-show");
    sources?.removeAttribute("open");
  }
  map.getCanvas().setAttribute("aria-label", element.dataset.label ?? "");
  return map;
}

/** Read the outlines of the ground; without them it stays plain, and all else is drawn the same. */
export async function readGround(map, element) {
  const read = async (source, address) => {
    try {
      const answer = await fetch(address);
      if (answer.ok) map.getSource(source)?.setData(await answer.json());
    } catch {
      // The network went meanwhile.
    }
  };
  await Promise.all([read("outlines", element.dataset.outlines), read("communes", element.dataset.contours)]);
}
