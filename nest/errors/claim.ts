export { claimReport, reportMark } from '../../lib/index.js';
