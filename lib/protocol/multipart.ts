/** A file inside a request. */
export interface FilePart {
  /** The parameter it stands under. */
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly content: Uint8Array;
}

/** A request with a file; the one kind of body that is no JSON and no form (docs/protocol.md §1.3). */
export interface MultipartBody {
  readonly contentType: `multipart/form-data; boundary=${string}`;
  readonly body: string;
}

/**
 * Fields and a file as `multipart/form-data`. The file travels as base64, which a Countly server's parser decodes, so
 * that the body is a text like all others.
 *
 * @param boundary must stand in none of the values
 */
export function multipartBody(
  fields: Readonly<Record<string, string>>,
  file: FilePart,
  boundary: string,
): MultipartBody {
  const parts = Object.entries(fields).map(
    ([name, value]) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  // Quotes and line breaks would end the header.
  const name = file.name.replace(/["\\\r\n]/g, '_');
  parts.push(
    `Content-Disposition: form-data; name="${file.field}"; filename="${name}"\r\nContent-Type: ${file.type}\r\n` +
      `Content-Transfer-Encoding: base64\r\n\r\n${Buffer.from(file.content).toString('base64')}\r\n`,
  );
  const body = `${parts.map((part) => `--${boundary}\r\n${part}`).join('')}--${boundary}--\r\n`;
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}

/** What a checksum of such a body is made of: the fields, decoded, in their order (docs/protocol.md §2.6). */
export function multipartPayload(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}
