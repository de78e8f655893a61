/** A call on the way to a decorator, in the file that runs. */
export interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly name: string;
}

const MOST = 60;

/** The calls that led here, nearest first. */
export function framesHere(): Frame[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  let frames: Frame[] = [];
  Error.stackTraceLimit = MOST;
  Error.prepareStackTrace = (_error, sites) => {
    frames = sites.flatMap((site) => {
      const file = site.getFileName();
      const [line, column] = [site.getLineNumber(), site.getColumnNumber()];
      if (file === null || file === undefined || line === null || column === null) return [];
      return [{ file, line, column, name: site.getFunctionName() ?? '' }];
    });
    return '';
  };
  void new Error('position').stack;
  Error.prepareStackTrace = prepareStackTrace as NonNullable<typeof prepareStackTrace>;
  Error.stackTraceLimit = stackTraceLimit;
  return frames.slice(1);
}
