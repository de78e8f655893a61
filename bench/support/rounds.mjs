/**
 * Runs all variants in turn, round after round (A B C A B C), so that a busy minute of the machine meets all of them.
 *
 * @returns {Promise<Map<string, object[]>>} what `run(variant, round)` gave, by the variant's name
 */
export function interleave(variants, rounds, run, log = console.error) {
  return sideBySide(
    variants.map((variant) => [variant]),
    rounds,
    run,
    log,
  );
}

/**
 * Runs the variants of a group at once, group after group, round after round. For work that takes a small part of a core:
 * all of a group meet the same machine at every moment, which tells more than turns do when other processes come and go.
 *
 * @returns {Promise<Map<string, object[]>>} as `interleave`
 */
export async function sideBySide(groups, rounds, run, log = console.error) {
  const results = new Map(groups.flat().map((variant) => [variant.name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const group of groups) {
      log(`  round ${round + 1}/${rounds}: ${group.map(({ name }) => name).join(', ')}`);
      await Promise.all(
        group.map(async (variant) => {
          try {
            results.get(variant.name).push(await run(variant, round));
          } catch (error) {
            log(`  ${variant.name} failed: ${error.message}`);
          }
        }),
      );
    }
  }
  return results;
}

/** Median, least and greatest of every numeric field. */
export function summarise(results) {
  const summary = {};
  for (const field of new Set(results.flatMap((result) => Object.keys(result)))) {
    const values = results.map((result) => result[field]).filter((value) => Number.isFinite(value));
    if (values.length > 0) summary[field] = spread(values);
  }
  return summary;
}

export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/** The value below which this share of all lies, between two of them if need be. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  return below + (sorted[Math.ceil(place)] - below) * (place % 1);
}
