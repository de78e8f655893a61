import { code } from './code.js';
import { errors } from './errors.js';
import { events } from './events.js';
import { funnel } from './funnel.js';
import { overview } from './overview.js';
import type { Panel } from './panel.js';
import { people } from './people.js';
import { plan } from './plan.js';
import { problems } from './problems.js';
import { requests } from './requests.js';
import { search } from './search.js';
import { sessions } from './sessions.js';
import { stream } from './stream.js';
import { traces } from './traces.js';
import { tryIt } from './try-it.js';
import { views } from './views.js';

/** In the order of the navigation; the first stands for an address that names none of them. */
export const PANELS: readonly Panel[] = [
  overview,
  stream,
  code,
  people,
  events,
  views,
  sessions,
  funnel,
  traces,
  errors,
  requests,
  problems,
  plan,
  tryIt,
  search,
];
