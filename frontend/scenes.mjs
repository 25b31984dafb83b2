// Pictures of shops without a photograph: for each icon of a category, several that differ by what
// stands in them (`motifs.mjs`), by the ground and by the arrangement, so that neighbours of a list
// rarely look alike. A shop keeps its picture: its number chooses (`chalandise.web.pictures`). What
// matters stands in the middle square, which is all that a compact row shows.
import { mix, picture, tints } from "./pictures.mjs";

export const VARIANTS = 10;
const WIDTH = 640, HEIGHT = 400, FLOOR = 322;
const grounds = ["sky", "honey", "lilac", "mint", "clay", "sea", "butter", "rose", "olive"].map((name) => tints[name]);

const at = (motif, x, bottom, side, turn = 0) => {
  const scale = (side / motif.size).toFixed(4);
  const turned = turn ? ` rotate(${turn} ${x} ${bottom - side / 2})` : "";
  return `<g transform="${turned.trim()}${turned ? " " : ""}translate(${x - side / 2} ${bottom - side}) scale(${scale})">${motif.body}</g>`;
};
const shadow = (x, y, reach, colour) =>
  `<ellipse cx="${x}" cy="${y}" rx="${reach}" ry="${reach * 0.13}" fill="${colour}" fill-opacity=".35"/>`;
const band = (y, colour) => `<path d="M0 ${y}H${WIDTH}V${HEIGHT}H0Z" fill="${colour}"/>`;
// The colours of awnings.
const awnings = ["#b5482a", "#1e5b45", "#2c4c7c", "#7a2e4d", "#a8681a"];
const tones = (ground, accent) => ({
  accent: mix(accent, ground, 0.22),
  pale: mix(ground, "#ffffff", 0.62), light: mix(ground, "#ffffff", 0.3),
  deep: mix(ground, "#5b4a35", 0.16), deeper: mix(ground, "#4a3a26", 0.34),
  shade: mix(ground, "#3a2a14", 0.3),
});

// Each returns what stands on the ground: `first` is the motif, `others` its kin, itself where it has none.
const arrangements = [
  function arch({ pale, light, deep, deeper, shade }, first) {
    return `<path d="M196 ${FLOOR}V176a124 124 0 0 1 248 0V${FLOOR}Z" fill="${pale}" stroke="${light}" stroke-width="14"/>` +
      band(FLOOR, deep) + `<path d="M0 ${FLOOR}h${WIDTH}v7H0Z" fill="${deeper}" fill-opacity=".4"/>` +
      shadow(320, FLOOR + 8, 82, shade) + at(first, 320, FLOOR + 8, 196);
  },
  function awning({ accent, light, deep, shade }, first, [second]) {
    const scallops = Array.from({ length: 8 }, (_, n) =>
      `<path d="M${n * 80} 0h80v62a40 40 0 0 1-80 0Z" fill="${n % 2 ? "#fffdf8" : accent}"/>`).join("");
    return `<path d="M0 0h${WIDTH}v${FLOOR}H0Z" fill="${light}"/>` + scallops + band(FLOOR, deep) +
      shadow(290, FLOOR + 8, 76, shade) + at(first, 290, FLOOR + 8, 184) +
      shadow(424, FLOOR + 12, 40, shade) + at(second, 424, FLOOR + 12, 98);
  },
  function hills({ pale, light, deep, shade }, first, [second]) {
    return `<circle cx="410" cy="150" r="108" fill="${pale}"/>` +
      `<path d="M0 286C110 206 236 220 330 262S540 300 640 226V${HEIGHT}H0Z" fill="${light}"/>` +
      `<path d="M0 344C150 286 300 300 420 330S570 350 640 320V${HEIGHT}H0Z" fill="${deep}"/>` +
      shadow(278, 338, 78, shade) + at(first, 278, 338, 194) + at(second, 430, 340, 92, 6);
  },
  function shelf({ pale, light, deep, deeper, shade }, first, [second, third]) {
    const wall = Array.from({ length: 8 }, (_, n) => `<path d="M${n * 80} 0h40v${HEIGHT}h-40Z" fill="${light}"/>`).join("");
    return wall + `<path d="M148 300h344v16H148Z" fill="${deeper}"/><path d="M148 316h344v8H148Z" fill="${deep}"/>` +
      `<circle cx="320" cy="196" r="112" fill="${pale}"/>` +
      at(second, 212, 303, 104) + at(third, 430, 303, 104) + shadow(320, 300, 60, shade) + at(first, 320, 303, 150);
  },
  function card({ pale, deep, shade }, first) {
    const stripes = Array.from({ length: 8 }, (_, n) =>
      `<path d="M${n * 80 + 20} 0h40v${HEIGHT}h-40Z" fill="${deep}" fill-opacity=".4"/>`).join("") +
      Array.from({ length: 5 }, (_, n) => `<path d="M0 ${n * 80 + 20}h${WIDTH}v40H0Z" fill="${deep}" fill-opacity=".4"/>`).join("");
    return `${stripes}<g transform="rotate(-5 320 200)"><rect x="176" y="62" width="296" height="296" rx="22" fill="${shade}" fill-opacity=".25"/>` +
      `<rect x="172" y="52" width="296" height="296" rx="22" fill="#fffdf8"/><rect x="190" y="70" width="260" height="260" rx="12" fill="${pale}"/></g>` +
      at(first, 320, 296, 192, -5);
  },
  function slant({ pale, light, deep, shade }, first, [second]) {
    const dots = [[150, 78, 9], [206, 342, 13], [486, 64, 12], [508, 322, 8], [458, 366, 6], [136, 232, 6], [384, 40, 6]]
      .map(([x, y, r], n) => `<circle cx="${x}" cy="${y}" r="${r}" fill="${n % 2 ? deep : pale}"/>`).join("");
    return `<path d="M410 0h230v${HEIGHT}H230Z" fill="${light}"/>` + dots +
      shadow(306, 318, 92, shade) + at(first, 306, 312, 226, 7) + at(second, 452, 330, 96, -10);
  },
  function window({ pale, light, deep, deeper, shade }, first, [second]) {
    return `<path d="M176 74a20 20 0 0 1 20-20h248a20 20 0 0 1 20 20v236H176Z" fill="${pale}" stroke="#fffdf8" stroke-width="14"/>` +
      `<path d="M320 54v256M176 168h288" stroke="#fffdf8" stroke-width="9"/>` +
      `<path d="M196 300 290 66h40L236 300Z" fill="#fff" fill-opacity=".35"/>` +
      `<path d="M150 306h340v22H150Z" fill="${deeper}"/><path d="M160 328h320v9H160Z" fill="${deep}"/>` +
      shadow(294, 306, 74, shade) + at(first, 294, 310, 180) + at(second, 420, 310, 92);
  },
  function halo({ pale, light, deep, shade }, first, [second, third]) {
    return `<circle cx="320" cy="400" r="330" fill="${light}"/><circle cx="320" cy="400" r="244" fill="${pale}"/>` +
      band(352, deep) + at(second, 208, 352, 96, -8) + at(third, 434, 352, 96, 8) +
      shadow(320, 352, 84, shade) + at(first, 320, 354, 206);
  },
];

/** A number that is the same each time, from a word. */
const number = (word) => [...word].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7);

/** The pictures of an icon as SVG text: the plain one first, which stands for the category itself. */
export function scenes(icon, motifs, tint) {
  const [own] = motifs;
  const turn = number(icon);
  const made = [picture(own.body, own.size, tint, WIDTH, HEIGHT)];
  for (let n = 1; n < VARIANTS; n += 1) {
    const ground = grounds[(turn + n) % grounds.length];
    const arrange = arrangements[(turn + n * 3) % arrangements.length];
    const [first, ...others] = [...motifs.slice(n % motifs.length), ...motifs.slice(0, n % motifs.length)];
    const beside = [0, 1].map((at) => others[at % (others.length || 1)] ?? first);
    made.push(
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">` +
      `<rect width="${WIDTH}" height="${HEIGHT}" fill="${ground}"/>${arrange(tones(ground, awnings[(turn + n) % awnings.length]), first, beside)}</svg>`,
    );
  }
  return made;
}
