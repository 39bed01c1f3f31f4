import { Server } from 'node:net';
import { bindToLoopback } from './bind-loopback.ts';

const listen = Server.prototype.listen;

/** Loaded before a foreign server that would open its port to the whole network. */
Object.defineProperty(Server.prototype, 'listen', {
  value: function listenOnLoopback(this: Server, ...args: unknown[]): unknown {
    return Reflect.apply(listen, this, bindToLoopback(args));
  },
});
