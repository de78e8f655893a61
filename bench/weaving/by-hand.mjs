export const bare = () => ({ weave() {} });

/** Stands for the bookkeeping of whoever would do it by hand. */
const seen = { calls: 0, ms: 0 };

function wrap(proto, name, before, after) {
  const original = proto[name];
  const isAsync = original.constructor.name === 'AsyncFunction';
  proto[name] = isAsync
    ? async function wrapped(...args) {
        const started = before();
        try {
          return await original.apply(this, args);
        } finally {
          after(started);
        }
      }
    : function wrapped(...args) {
        const started = before();
        try {
          return original.apply(this, args);
        } finally {
          after(started);
        }
      };
}

export const tryFinally = () => ({
  weave: (proto, name) =>
    wrap(
      proto,
      name,
      () => 0,
      () => {
        seen.calls++;
      },
    ),
});

export const withClock = () => ({
  weave: (proto, name) =>
    wrap(
      proto,
      name,
      () => performance.now(),
      (started) => {
        seen.calls++;
        seen.ms += performance.now() - started;
      },
    ),
});
