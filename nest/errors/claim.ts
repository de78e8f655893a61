export { claimReport, reportMark } from '../../lib/decorators/error-trail.js';
