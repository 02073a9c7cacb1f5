// Writes the web app's API types from the OpenAPI document; `--check` only compares.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const codegen = join(web, 'codegen');
const source = join(web, '..', 'docs', 'reference', 'openapi.json');
const target = join(web, 'src', 'lib', 'api', 'schema.d.ts');
const generator = join(codegen, 'node_modules', 'openapi-typescript', 'bin', 'cli.js');

// The generator needs an older TypeScript than the app, so it is a package of its own.
if (!existsSync(generator)) {
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: codegen, stdio: 'inherit' });
}
const fresh = execFileSync(
  process.execPath,
  [generator, source, '--default-non-nullable=false', '--empty-objects-unknown'],
  {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
  },
);
if (!process.argv.includes('--check')) {
  writeFileSync(target, fresh);
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== fresh) {
  process.stderr.write('src/lib/api/schema.d.ts is stale (hint: npm run codegen)\n');
  process.exit(1);
}
