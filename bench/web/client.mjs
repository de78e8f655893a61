import { start as startCountly } from '../clients/countly-sdk.mjs';
import { start as startPosthog } from '../clients/posthog.mjs';

// One device for all, as the official SDK knows no other way in a server.
const watched = (client) => ({ onRequest: (n) => client.track('visitor-1', n), flush: () => client.flush() });

export const posthog = (where) => watched(startPosthog({ ...where, settings: {} }));
export const countlyFile = (where) => watched(startCountly({ ...where, settings: {} }));
export const countlyMemory = (where) => watched(startCountly({ ...where, settings: { storage_type: 'memory' } }));
