export { type WovenMethod, wovenMethods } from '../../lib/decorators/metadata.js';
