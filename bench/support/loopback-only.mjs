// Benchmarks are offline: a client that tries to reach anything but this machine fails its run.
import { Socket } from 'node:net';

/** Addresses somebody tried to reach. */
export const strangers = new Set();
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const connect = Socket.prototype.connect;

Socket.prototype.connect = function connectToLoopback(...parameters) {
  const target = Array.isArray(parameters[0]) ? parameters[0][0] : parameters[0];
  const host = typeof target === 'object' ? target?.host : parameters[1];
  const isLocalSocket = typeof target === 'object' && target?.path !== undefined && target.port === undefined;
  if (!isLocalSocket && typeof host === 'string' && !LOOPBACK.has(host)) {
    strangers.add(host);
    this.destroy(new Error(`benchmarks may not reach ${host}`));
    return this;
  }
  return connect.apply(this, parameters);
};
