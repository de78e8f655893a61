/** Fields of a `multipart/form-data` body in arrival order; a file is represented by its name only. */
export function readMultipart(body: Buffer, contentType: string): Array<[string, string]> {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const marker = boundary?.[1] ?? boundary?.[2];
  if (marker === undefined) return [];
  // latin1 keeps one character a byte, so offsets stay right for binary files; text is decoded a field at a time.
  const sections = body.toString('latin1').split(`--${marker}`);
  const fields: Array<[string, string]> = [];
  for (const section of sections.slice(1, -1)) {
    const separator = section.indexOf('\r\n\r\n');
    if (separator < 0) continue;
    const head = section.slice(0, separator);
    const name = /name="([^"]*)"/i.exec(head)?.[1];
    if (name === undefined) continue;
    const file = /filename="([^"]*)"/i.exec(head)?.[1];
    const value = section.slice(separator + 4).replace(/\r\n$/, '');
    fields.push([decode(name), decode(file ?? value)]);
  }
  return fields;
}

function decode(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
