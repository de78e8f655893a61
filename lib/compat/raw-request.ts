/** Written by the client itself; a second one would be refused. */
const OWN_MEMBERS = ['sdk_name', 'sdk_version', 'checksum', 'checksum256', 'rr', 'method', 'safe_api_response'];

/** A raw request of the official SDK as `request` of a scope takes it. */
export function rawRequest(query: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const params: Record<string, unknown> = { ...query };
  for (const name of OWN_MEMBERS) delete params[name];
  const { events } = params;
  // The official documentation shows `events` with single quotes, which no server reads.
  if (typeof events === 'string' && !events.includes('"')) params['events'] = events.replaceAll("'", '"');
  return params;
}
