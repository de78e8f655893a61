import type { Target } from '../features/feature.js';
import { SDK_NAME, SDK_VERSION } from '../protocol/sdk-info.js';

/** What every request that is made by itself says first (docs/protocol.md §2), as texts. */
export function commonFields(
  options: { readonly appKey: string; readonly appVersion: string | undefined },
  target: Target,
  timestamp: number,
): Record<string, string> {
  return {
    app_key: options.appKey,
    device_id: target.deviceId,
    ...(target.idType === 9 ? {} : { t: String(target.idType) }),
    sdk_name: SDK_NAME,
    sdk_version: SDK_VERSION,
    ...(options.appVersion === undefined ? {} : { av: options.appVersion }),
    timestamp: String(timestamp),
  };
}
