/**
 * `npm run vault -- COMMAND [--data-dir DIR]`: what an operator may ask of the vault of a running `npm start`, or of the one that
 * the VAULT_OPERATOR_… variables lead to. Its stdout is its own.
 */
import { pathToFileURL } from 'node:url';
import { freshBundle, goWhereCalled } from './fresh-bundle.mjs';
import { requireNode } from './node-version.mjs';
import { asksForHelp, takeDataDir, wayToVault } from './way-to-vault.mjs';

requireNode();
const [node, script, ...args] = process.argv;
try {
  const { rest, dataDir } = takeDataDir(args);
  // The data folder counts from where `npm start` counts it from, so before this process goes elsewhere.
  if (!asksForHelp(rest)) Object.assign(process.env, wayToVault(dataDir, process.env));
  process.argv = [node, script, 'operator', ...rest];
} catch (error) {
  process.stderr.write(`error: ${error.message}\n`);
  process.exit(2);
}
const bundle = freshBundle('vault');
goWhereCalled('vault');
await import(pathToFileURL(bundle).href);
