// Makes scripts and styles shorter, in place: `node minify.cjs <folder of esbuild> <file>...`.
//
// One file at a time, nothing is bundled: the files find each other by their names.
const fs = require("fs"), path = require("path");
const [esbuild, ...files] = process.argv.slice(2);
const { transformSync } = require(path.resolve(esbuild));
for (const file of files) {
  const text = fs.readFileSync(file, "utf8");
  const { code, warnings } = transformSync(text, {
    minify: true, loader: path.extname(file).slice(1),
    // wasm-bindgen names the loader once for each thing that it takes from it.
    logOverride: { "duplicate-object-key": "silent" },
  });
  for (const { text, location } of warnings) console.error(`    ${file}:${location?.line ?? 0}: ${text}`);
  if (warnings.length > 0) process.exitCode = 1;
  fs.writeFileSync(file, code);
  console.log(`    ${path.basename(file)}: ${text.length} to ${code.length} characters`);
}
