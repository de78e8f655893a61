import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { asCurl } from '../../../page/lib/curl.js';
import type { RequestDetail } from '../../../src/api/contract/lists.js';

describe('a request as curl', () => {
  it('is one command with the same words, whatever was collected', () => {
    const body = `{"a":"it's $(touch x) \`id\` \\\\ \\"quoted\\""}\n; rm -rf /`;
    const request = { method: 'POST', path: '/i', query: "b='&c=$HOME", content_type: 'application/json', body };
    const command = asCurl(request as RequestDetail['request'], 'http://127.0.0.1:6010');
    // The shell tells what it would hand to curl.
    const words = execFileSync('sh', [
      '-c',
      `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${command}`,
    ]);
    expect(words.toString().split('\0').slice(0, -1)).toEqual([
      '-X',
      'POST',
      "http://127.0.0.1:6010/i?b='&c=$HOME",
      '-H',
      'content-type: application/json',
      '--data-raw',
      body,
    ]);
  });
});
