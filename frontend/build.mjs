// Builds what browsers need into src/chalandise/web/static/web/dist/: `npm run build`.
// Names are plain; the static files storage of Django adds the hashes.
import { build } from "esbuild";
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { lucide, own } from "./icons.mjs";
import { kin } from "./motifs.mjs";
import { always, picture, readCategories } from "./pictures.mjs";
import { sharingImage, touchIcon } from "./raster.mjs";
import { scenes } from "./scenes.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const modules = join(root, "node_modules");
const target = join(root, "src/chalandise/web/static/web/dist");
// Built beside and swapped in at the end, so that a server reading meanwhile never sees half of it.
const dist = `${target}.new`;
rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, "fonts"), { recursive: true });
mkdirSync(join(dist, "pictures"), { recursive: true });

const fonts = {
  "fraunces.woff2": "@fontsource-variable/fraunces/files/fraunces-latin-wght-normal.woff2",
  "figtree.woff2": "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2",
};
for (const [name, path] of Object.entries(fonts)) cpSync(join(modules, path), join(dist, "fonts", name));

const common = {
  bundle: true, minify: true, outdir: dist, logLevel: "warning", legalComments: "linked",
  target: ["chrome90", "firefox90", "safari14"], supported: { destructuring: true },
};
await build({
  ...common,
  entryPoints: {
    site: join(here, "css/site.css"), counter: join(here, "css/counter.css"),
    plain: join(here, "css/plain.css"), map: join(here, "css/map.css"),
    bank: join(here, "css/bank.css"),
  },
  external: ["./fonts/*"],
});
await build({
  ...common, format: "esm",
  entryPoints: { app: join(here, "js/app.js"), counter: join(here, "js/counter.js"), scan: join(here, "js/scan.js") },
});
await build({ ...common, format: "iife", entryPoints: { offline: join(here, "js/offline.js") } });
await build({
  ...common, format: "esm", target: ["es2022"],
  entryPoints: {
    map: join(here, "js/map.js"),
    "map-worker": join(modules, "maplibre-gl/dist/maplibre-gl-worker.mjs"),
  },
});

// Icons: one sprite, referenced by <use>.
const drawing = (name) =>
  readFileSync(join(modules, "lucide-static/icons", `${name}.svg`), "utf8")
    .replace(/^[\s\S]*?<svg[\s\S]*?>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "").replaceAll(" />", "/>");
const drawings = { ...Object.fromEntries(lucide.map((name) => [name, drawing(name)])), ...own };
const symbols = Object.keys(drawings).sort().map((name) =>
  `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${drawings[name]}</symbol>`);
writeFileSync(join(dist, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
writeFileSync(join(dist, "icons.json"), `${JSON.stringify(Object.keys(drawings).sort())}\n`);

// Illustrations.
const emoji = JSON.parse(readFileSync(join(modules, "@iconify-json/fluent-emoji-flat/icons.json"), "utf8"));
// A tint chosen by hand for an icon suits it better than that of its branch.
const ofShops = readCategories(join(root, "src/chalandise/directory/data/categories.toml"));
const wanted = {
  ...readCategories(join(root, "src/chalandise/catalogue/data/product_categories.toml")), ...ofShops, ...always,
};
const motif = (icon) => {
  const found = emoji.icons[icon] ?? emoji.icons[emoji.aliases?.[icon]?.parent];
  return found && { body: found.body, size: found.width ?? emoji.width ?? 32 };
};
const drawn = {}; // how many pictures an icon has: several where it stands for shops
for (const [icon, tint] of Object.entries(wanted)) {
  const motifs = [icon, ...(kin[icon] ?? [])].map(motif);
  if (motifs.includes(undefined)) {
    console.error(`frontend: no fluent-emoji-flat icon for "${icon}" or its kin; what is missing is left out`);
    if (!motifs[0]) continue;
  }
  const [{ body, size }] = motifs;
  const made = ofShops[icon] ? scenes(icon, motifs.filter(Boolean), tint) : [picture(body, size, tint, 640, 400)];
  for (const [n, svg] of made.entries())
    writeFileSync(join(dist, "pictures", n ? `${icon}-${n}.svg` : `${icon}.svg`), svg);
  writeFileSync(join(dist, "pictures", `${icon}-square.svg`), picture(body, size, tint, 320, 320));
  drawn[icon] = made.length;
}
writeFileSync(join(dist, "pictures.json"), `${JSON.stringify(drawn, Object.keys(drawn).sort())}\n`);

// The mark of the house: a small awning.
writeFileSync(join(dist, "favicon.svg"),
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#fbf7f0"/>' +
  '<path d="M7 15h18v12H7z" fill="#fff"/><path d="M17 19h5v8h-5z" fill="#c4502e"/><path d="M9.500 19h5v4.500h-5z" fill="#e8b23a"/>' +
  '<path d="M3 6h5.200v9a2.600 2.600 0 0 1-5.200 0zM13.400 6h5.200v9a2.600 2.600 0 0 1-5.200 0zM23.800 6H29v9a2.600 2.600 0 0 1-5.200 0z" fill="#1e5b45"/>' +
  '<path d="M8.200 6h5.200v9a2.600 2.600 0 0 1-5.200 0zM18.600 6h5.200v9a2.600 2.600 0 0 1-5.200 0z" fill="#fff" stroke="#e7decf" stroke-width=".5"/></svg>\n');
writeFileSync(join(dist, "touch-icon.png"), touchIcon());
writeFileSync(join(dist, "sharing.png"), sharingImage());

// Budgets (design §6), checked on every build.
const weigh = (...names) => names.reduce((sum, name) => sum + brotliCompressSync(readFileSync(join(dist, name))).length, 0);
const budgets = [
  ["JavaScript outside the map", weigh("app.js", "counter.js", "offline.js"), 50_000],
  ["reading a QR code, where it is asked for", weigh("scan.js"), 20_000],
  ["style of the site", weigh("site.css"), 20_000],
  ["style of the counter", weigh("counter.css"), 20_000],
  ["fonts", weigh("fonts/fraunces.woff2", "fonts/figtree.woff2"), 70_000],
];
for (const [what, bytes, most] of budgets) {
  console.log(`frontend: ${what} ${(bytes / 1000).toFixed(1)} kB of ${most / 1000}`);
  if (bytes > most) process.exitCode = 1;
}
rmSync(target, { recursive: true, force: true });
mkdirSync(dirname(target), { recursive: true });
renameSync(dist, target);
console.log(`frontend: ${Object.values(drawn).reduce((sum, one) => sum + one)} pictures, ${symbols.length} icons, ${readdirSync(target).length} entries`);
