export { type WovenMethod, wovenMethods } from '../../lib/index.js';
