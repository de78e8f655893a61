import { isList, isObject, numberOf } from '../check.js';
import type { Clock } from '../clock.js';
import { readLocation } from '../features/location.js';
import { type OpenedView, Visitor } from '../features/visitor.js';
import { CONSENT_FEATURES, type ConsentFeature } from '../protocol/entry.js';
import { storable } from '../protocol/json-text.js';

// What processes of different releases read of each other. A new member is one that older ones ignore; what means something else
// gets another version, which older ones leave as it is: they know nothing, and change nothing without knowing.
const VERSION = 1;
const LONGEST = 100_000;
const MOST_VIEWS = 100;
/** A client may be told to keep longer names than usual. */
const LONGEST_NAME = 4096;
const KNOWN = new Set<unknown>(CONSENT_FEATURES);

/** Wall-clock milliseconds at the zero of this process's monotonic clock, as the clocks are now. */
const epochOf = (clock: Clock): number => clock.now() - clock.monotonic();

/**
 * A visitor as text for other processes: their monotonic clocks have other zeros, so times are those of the wall clock. What would
 * be longer than they read, and cost them consent and session, goes without the segments of open views, then without the views.
 */
export function visitorText(visitor: Visitor, clock: Clock): string {
  const { views } = visitor;
  const choices = [views, views?.map((view) => ({ ...view, segments: undefined })), undefined];
  for (const chosen of choices) {
    const text = textWith(chosen, visitor, clock);
    if (text.length <= LONGEST) return text;
  }
  return '';
}

function textWith(views: readonly OpenedView[] | undefined, visitor: Visitor, clock: Clock): string {
  const epoch = epochOf(clock);
  const wall = (at: number | undefined) => (at === undefined ? undefined : Math.round(at + epoch));
  const { session, consent } = visitor;
  const members = {
    v: VERSION,
    seen: wall(visitor.lastSeen),
    active: wall(visitor.activeAt),
    views: views?.map(({ resumedAt, ...view }) => ({ ...view, resumed: wall(resumedAt) })),
    view: visitor.lastViewId,
    event: visitor.lastEventId,
    landed: visitor.viewSeen || undefined,
    session: session && { from: wall(session.startedAt), until: wall(session.reportedUntil), beats: session.heartbeat },
    wanted: visitor.sessionWanted,
    ended: visitor.sessionEndedAt,
    location: visitor.location,
    consent: consent && [...consent],
    decided: wall(visitor.consentAt),
  };
  return JSON.stringify(members, storable);
}

/** The visitor a text describes; undefined when it is damaged. Of times that have not come yet now is left. */
export function readVisitor(text: string, clock: Clock): Visitor | undefined {
  const now = clock.monotonic();
  if (text === '') return new Visitor(Number.NEGATIVE_INFINITY);
  const read = text.length > LONGEST ? undefined : parsed(text);
  if (!isObject(read) || read['v'] !== VERSION) return undefined;
  const epoch = epochOf(clock);
  const time = (value: unknown) => {
    const at = numberOf(value);
    return at === undefined ? undefined : Math.min(at - epoch, now);
  };
  const visitor = new Visitor(time(read['seen']) ?? Number.NEGATIVE_INFINITY);
  visitor.activeAt = time(read['active']);
  const views = listOf(read['views'], MOST_VIEWS).flatMap((view) => viewOf(view, time));
  visitor.views = views.length === 0 ? undefined : views;
  visitor.lastViewId = idOf(read['view']);
  visitor.lastEventId = idOf(read['event']);
  visitor.viewSeen = read['landed'] === true;
  const { session, wanted, location, consent } = read;
  const reportedUntil = isObject(session) ? time(session['until']) : undefined;
  if (isObject(session) && reportedUntil !== undefined) {
    const startedAt = time(session['from']) ?? reportedUntil;
    visitor.session = { startedAt, reportedUntil, heartbeat: session['beats'] === true };
  }
  if (isObject(wanted)) visitor.sessionWanted = { heartbeat: wanted['heartbeat'] === true };
  const ended = numberOf(read['ended']);
  visitor.sessionEndedAt = ended === undefined ? undefined : Math.min(ended, clock.now());
  visitor.location = location === null ? null : isObject(location) ? readLocation(location) : undefined;
  if (isList(consent)) visitor.consent = new Set(consent.filter((name): name is ConsentFeature => KNOWN.has(name)));
  visitor.consentAt = time(read['decided']);
  return visitor;
}

/** Whether a later release has written this, in a way that this one cannot read. */
export function isOfLater(text: string): boolean {
  const read = text.length > LONGEST ? undefined : parsed(text);
  return isObject(read) && Number.isSafeInteger(read['v']) && (read['v'] as number) > VERSION;
}

function viewOf(read: unknown, time: (value: unknown) => number | undefined): OpenedView[] {
  if (!isObject(read)) return [];
  const { name, before, parallel, shownMs, segments } = read;
  const id = idOf(read['id']);
  if (id === undefined || typeof name !== 'string' || name === '' || name.length > LONGEST_NAME) return [];
  const shown = Math.max(0, numberOf(shownMs) ?? 0);
  const rest = {
    shownMs: shown,
    resumedAt: time(read['resumed']),
    segments: isObject(segments) ? segments : undefined,
  };
  return [{ name, id, before: idOf(before), parallel: parallel === true, ...rest }];
}

/** Ids stand in texts as they are. */
function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}

function listOf(value: unknown, most: number): readonly unknown[] {
  return isList(value) ? value.slice(0, most) : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Two views of one visitor, who was served while the store was away: what happened last holds, and of what was agreed to the last
 * decision.
 */
export function reconciled(theirs: Visitor, ours: Visitor): Visitor {
  const latest = ours.lastSeen >= theirs.lastSeen ? ours : theirs;
  const decided = (ours.consentAt ?? -Infinity) >= (theirs.consentAt ?? -Infinity) ? ours : theirs;
  const { consent, consentAt } = decided.consent === undefined ? (decided === ours ? theirs : ours) : decided;
  const activeAt = Math.max(ours.activeAt ?? -Infinity, theirs.activeAt ?? -Infinity);
  const visitor = Object.assign(new Visitor(latest.lastSeen), latest, { consent, consentAt });
  visitor.activeAt = latest.session === undefined || activeAt === -Infinity ? undefined : activeAt;
  const until = Math.max(ours.session?.reportedUntil ?? -Infinity, theirs.session?.reportedUntil ?? -Infinity);
  // What one of them has reported is not reported by the other.
  if (latest.session !== undefined) visitor.session = { ...latest.session, reportedUntil: until };
  return visitor;
}
