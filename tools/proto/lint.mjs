import { buf, report } from './buf.mjs';

const format = buf(['format', '--diff', '--exit-code']);
report(format.ok ? buf(['lint']) : format, 'The contracts keep the rules.');
