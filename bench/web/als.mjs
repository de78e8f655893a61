import { AsyncLocalStorage } from 'node:async_hooks';
import { Inject, Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** An empty object entered for each request and nothing else: what no client that follows a request can do without. */
export function scopeAlone() {
  const storage = new AsyncLocalStorage();
  class Scopes {
    constructor(host) {
      this.adapter = host.httpAdapter;
    }

    configure() {
      const enter = (done) => storage.run({}, done);
      if (this.adapter.getType() === 'express') this.adapter.use((_request, _response, next) => enter(next));
      else this.adapter.getInstance().addHook('onRequest', (_request, _reply, done) => enter(done));
    }
  }
  Inject(HttpAdapterHost)(Scopes, undefined, 0);
  Module({})(Scopes);
  return { imports: [Scopes] };
}
