// Illustrations: one emoji of fluent-emoji-flat (MIT) on a tinted ground with a pale disc,
// so that a shop without photographs still looks cared for. Composed once, at build time.
import { readFileSync, existsSync } from "node:fs";

// The grounds by name; a category may also give a hexadecimal colour.
export const tints = {
  wheat: "#F5E1C3", butter: "#F3E6B5", honey: "#F7DC9F", clay: "#E9D3C6", rose: "#F2D5D3",
  berry: "#EBD5DC", lilac: "#E2DAEC", sky: "#D8E4EE", sea: "#CFE3E2", mint: "#D6E8DA",
  olive: "#E2E7CF", stone: "#E3E0D8",
};

// Shown while there is no category tree to read, and always available to editors.
export const always = {
  "convenience-store": "wheat", "shopping-bags": "honey", basket: "wheat", "baguette-bread": "wheat",
  croissant: "butter", "birthday-cake": "rose", "cheese-wedge": "butter", "cut-of-meat": "rose",
  fish: "sea", "red-apple": "mint", grapes: "lilac", "wine-glass": "berry", "honey-pot": "honey",
  "chocolate-bar": "clay", "ice-cream": "sky", "hot-beverage": "sky", teapot: "sea",
  "fork-and-knife-with-plate": "stone", pizza: "honey", hamburger: "wheat", "takeout-box": "rose",
  "beer-mug": "honey", "jar": "butter", carrot: "mint", "sheaf-of-rice": "honey", egg: "wheat",
  "glass-of-milk": "sky", goat: "olive", honeybee: "honey", olive: "olive", bouquet: "rose",
  "potted-plant": "mint", seedling: "mint", books: "sky", newspaper: "stone", pencil: "butter",
  "teddy-bear": "clay", "puzzle-piece": "mint", "t-shirt": "sky", dress: "berry", scarf: "rose",
  "running-shoe": "sea", "high-heeled-shoe": "berry", handbag: "clay", ring: "lilac", watch: "stone",
  glasses: "sky", scissors: "sea", "lotion-bottle": "lilac", lipstick: "rose", pill: "mint",
  bicycle: "sea", automobile: "sky", wrench: "stone", hammer: "clay", toolbox: "rose",
  "couch-and-lamp": "olive", amphora: "clay", yarn: "lilac", thread: "sky", "artist-palette": "butter",
  guitar: "wheat", camera: "stone", "mobile-phone": "sky", laptop: "stone", "paw-prints": "clay",
  bed: "lilac", tractor: "olive", "wrapped-gift": "rose", "christmas-tree": "mint", key: "honey",
  printer: "stone", "framed-picture": "sea", "house-with-garden": "mint", "classical-building": "stone",
  "soccer-ball": "mint", candle: "lilac", soap: "sea", salt: "sky", wood: "wheat", herb: "olive",
  "red-question-mark": "stone", "magnifying-glass-tilted-left": "sky", "hourglass-not-done": "butter",
  envelope: "stone", "party-popper": "honey", "tear-off-calendar": "rose", "open-book": "sky",
  telephone: "mint", "world-map": "sea",
};

/** Icons and tints of the category tree: `{icon: tint}`; the first branch met wins. */
export function readCategories(path) {
  const found = {};
  if (!existsSync(path)) return found;
  // Two known keys of the file; a whole TOML parser would be a dependency for nothing. A leaf takes
  // the tint of the branch above it.
  const grounds = Object.keys(tints);
  for (const [n, branch] of readFileSync(path, "utf8").split(/^\[\[/m).slice(1).entries()) {
    const tint = /^tint\s*=\s*"([^"]+)"/m.exec(branch)?.[1] ?? grounds[n % grounds.length];
    for (const [, icon] of branch.matchAll(/\bicon\s*=\s*"([^"]+)"/g)) found[icon] ??= tint;
  }
  return found;
}

const channel = (hex, at) => parseInt(hex.slice(at, at + 2), 16);

/** Mix two colours; `share` of the second. */
export function mix(first, second, share) {
  const part = (at) =>
    Math.round(channel(first, at) * (1 - share) + channel(second, at) * share)
      .toString(16).padStart(2, "0");
  return `#${part(1)}${part(3)}${part(5)}`;
}

/** One picture as SVG text, free of style attributes and scripts (it must pass a strict CSP). */
export function picture(body, size, tint, width, height) {
  const ground = tints[tint] ?? (/^#[0-9a-f]{6}$/i.test(tint) ? tint : tints.stone);
  const disc = mix(ground, "#ffffff", 0.62);
  const hill = mix(ground, "#ffffff", 0.24);
  const shade = mix(ground, "#3a2a14", 0.14);
  const cx = width / 2;
  const cy = height / 2;
  const radius = Math.min(width, height) * 0.4;
  const icon = radius * 1.3;
  const scale = (icon / size).toFixed(4);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">` +
    `<rect width="${width}" height="${height}" fill="${ground}"/>` +
    `<path d="M0 ${height * 0.78}C${width * 0.22} ${height * 0.62} ${width * 0.4} ${height * 0.94} ${width * 0.62} ${height * 0.8}S${width * 0.9} ${height * 0.66} ${width} ${height * 0.74}V${height}H0Z" fill="${hill}"/>` +
    `<circle cx="${cx}" cy="${cy}" r="${radius}" fill="${disc}"/>` +
    `<ellipse cx="${cx}" cy="${cy + icon * 0.53}" rx="${icon * 0.34}" ry="${icon * 0.045}" fill="${shade}" fill-opacity=".35"/>` +
    `<g transform="translate(${(cx - icon / 2).toFixed(2)} ${(cy - icon / 2).toFixed(2)}) scale(${scale})">${body}</g></svg>`
  );
}
