import { breakingAgainst, lastDifferentCommit } from './against.mjs';
import { report } from './buf.mjs';

const commit = lastDifferentCommit();
if (commit === undefined) console.log('The contracts have no earlier form to compare with.');
else report(breakingAgainst(commit), `Nothing breaks who was built from ${commit.slice(0, 12)}.`);
