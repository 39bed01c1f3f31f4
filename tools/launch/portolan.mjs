#!/usr/bin/env node
/** `npm run portolan -- COMMAND` and `npx portolan`: the command line, built when its sources are newer. Its stdout is its own. */
import { pathToFileURL } from 'node:url';
import { freshBundle, goWhereCalled } from './fresh-bundle.mjs';
import { requireNode } from './node-version.mjs';

requireNode();
const bundle = freshBundle('cli');
goWhereCalled('portolan');
await import(pathToFileURL(bundle).href);
