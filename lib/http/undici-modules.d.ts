declare module 'undici/lib/dispatcher/client.js' {
  const value: unknown;
  export = value;
}
declare module 'undici/lib/dispatcher/pool.js' {
  const value: unknown;
  export = value;
}
declare module 'undici/lib/core/connect.js' {
  const value: unknown;
  export = value;
}
