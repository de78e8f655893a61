/** A sum as a server keeps it: to five decimals. */
export function roundedSum(sum: number): number {
  // So large a number has no decimals, and is written with an exponent that could not be cut.
  return Math.abs(sum) > Number.MAX_SAFE_INTEGER ? sum : Number(sum.toFixed(5));
}
