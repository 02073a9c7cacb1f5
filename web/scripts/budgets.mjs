// Fails when the build is heavier than its budgets. Sizes are those of the `.gz` files.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8'));
const kilobyte = 1000;

function packed(file) {
  return statSync(join(dist, `${file}.gz`)).size;
}

/** Scripts and styles that load with a chunk, without what it imports later. */
function closure(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const file of chunk.css ?? []) seen.add(file);
  for (const next of chunk.imports ?? []) closure(next, seen);
  return seen;
}

function total(files) {
  return [...files].reduce((sum, file) => sum + packed(file), 0);
}

const entry = closure('index.html');
function beyondEntry(source) {
  if (!manifest[source]) throw new Error(`${source} is not a chunk of the build`);
  return [...closure(source)].filter((file) => !entry.has(file));
}
const everything = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith('.gz'));

const lines = [
  ['entry', total(entry), 140 * kilobyte],
  ['chat route', total(beyondEntry('src/routes/chat.tsx')), 280 * kilobyte],
  ['provider settings', total(beyondEntry('src/routes/settingsProviders.tsx')), 90 * kilobyte],
  ['project settings', total(beyondEntry('src/routes/settingsProjects.tsx')), 90 * kilobyte],
  ['appearance settings', total(beyondEntry('src/routes/settingsAppearance.tsx')), 90 * kilobyte],
  ['whole dist', everything.reduce((sum, name) => sum + statSync(join(dist, name)).size, 0), 3000 * kilobyte],
];

let failed = false;
for (const [name, size, budget] of lines) {
  const over = size > budget;
  failed ||= over;
  const figures = `${(size / kilobyte).toFixed(1)} kB of ${budget / kilobyte} kB`;
  process.stdout.write(`${over ? '✗' : '✓'} ${name.padEnd(20)} ${figures}\n`);
}
process.exit(failed ? 1 : 0);
