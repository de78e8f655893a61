import { Socket as DatagramSocket } from 'node:dgram';
import { Server, Socket } from 'node:net';

/** Refuses every server and every connection of this process from now on, with a message that says why. */
export function denyConnections(): { readonly any: boolean } {
  const refused = { any: false };
  const refuse = (what: string) => () => {
    refused.any = true;
    throw new Error(`reading the tracking plan ${what}`);
  };
  Object.assign(Server.prototype, { listen: refuse('starts no server') });
  Object.assign(Socket.prototype, { connect: refuse('opens no connection') });
  Object.assign(DatagramSocket.prototype, {
    bind: refuse('opens no socket'),
    connect: refuse('opens no socket'),
    send: refuse('opens no socket'),
  });
  return refused;
}
