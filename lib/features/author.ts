/** What makes a record: a decorator, if one does, in a unit of work, if there is one. */
export interface Author {
  readonly recorder: object | undefined;
  readonly scope: object | undefined;
}
