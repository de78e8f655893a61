/**
 * Whether a host is one of these. A pattern without a port means every port; `*.internal` means every host below
 * `internal`, but not that host itself.
 */
export function matchesHost(host: string, patterns: readonly string[]): boolean {
  if (patterns.length === 0) return false;
  const full = host.toLowerCase();
  const bare = withoutPort(full);
  return patterns.some((given) => {
    const pattern = given.toLowerCase();
    const one = withoutPort(pattern) === pattern ? bare : full;
    return pattern.startsWith('*.') ? one.endsWith(pattern.slice(1)) : one === pattern;
  });
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}
