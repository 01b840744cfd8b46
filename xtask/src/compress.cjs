// Writes a brotli and a gzip copy of every compressible file in a folder: `node compress.cjs <folder>`.
//
// Node contains both compressors, which saves a dependency. Files that are compressed already (pictures, fonts) are
// skipped.
const fs = require("fs"), path = require("path"), zlib = require("zlib");
const kinds = /\.(js|wasm|css|svg|html|json|txt|xml|webmanifest)$/;
const folder = process.argv[2];
let plain = 0, packed = 0;
for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !kinds.test(entry.name)) continue;
  const file = path.join(entry.parentPath ?? entry.path, entry.name), bytes = fs.readFileSync(file);
  const hint = entry.name.endsWith(".wasm") ? zlib.constants.BROTLI_MODE_GENERIC : zlib.constants.BROTLI_MODE_TEXT;
  const brotli = zlib.brotliCompressSync(bytes, { params: {
    [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_LGWIN]: 24,
    [zlib.constants.BROTLI_PARAM_MODE]: hint, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  fs.writeFileSync(file + ".br", brotli);
  fs.writeFileSync(file + ".gz", zlib.gzipSync(bytes, { level: 9 }));
  plain += bytes.length; packed += brotli.length;
  console.log(`    ${path.relative(folder, file)}: ${bytes.length} B, brotli ${brotli.length} B`);
}
console.log(`    together: ${plain} B, brotli ${packed} B`);
