import { buf, report } from './buf.mjs';

report(buf(['generate']), 'libs/proto/src/gen is made from proto/.');
