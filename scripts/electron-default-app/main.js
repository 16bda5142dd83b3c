// What `electron <folder>` runs: Electron's own default app is not part of the fallback build, so this stands in for it.
// The first argument that is not a switch names the app: a folder with a package.json, or a script.
import { app } from 'electron';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const named = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (!named) {
  console.error('Usage: electron [switches] <folder of the app> [arguments]');
  app.exit(1);
} else {
  process.defaultApp = true;
  let entry = path.resolve(named);
  if (fs.statSync(entry).isDirectory()) {
    const { name, productName, version, main } = JSON.parse(fs.readFileSync(path.join(entry, 'package.json'), 'utf8'));
    if (productName ?? name) app.setName(productName ?? name);
    if (version) app.setVersion(version);
    app.setAppPath(entry);
    entry = path.join(entry, main ?? 'index.js');
  }
  // Awaited: Electron becomes ready once this module is done, and the app has things to say before that.
  try {
    await import(pathToFileURL(entry).href);
  } catch (error) {
    console.error(error);
    app.exit(1);
  }
}
