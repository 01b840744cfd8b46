// Minifies scripts and styles in place: `node minify.cjs <folder of esbuild> <file>...`.
//
// Files are minified one by one and not bundled, because they import each other by name.
const fs = require("fs"), path = require("path");
const [esbuild, ...files] = process.argv.slice(2);
const { transformSync } = require(path.resolve(esbuild));
for (const file of files) {
  const text = fs.readFileSync(file, "utf8");
  const { code, warnings } = transformSync(text, {
    minify: true, loader: path.extname(file).slice(1),
    // wasm-bindgen lists the loader once per import from it.
    logOverride: { "duplicate-object-key": "silent" },
  });
  for (const { text, location } of warnings) console.error(`    ${file}:${location?.line ?? 0}: ${text}`);
  if (warnings.length > 0) process.exitCode = 1;
  fs.writeFileSync(file, code);
  console.log(`    ${path.basename(file)}: ${text.length} to ${code.length} characters`);
}
