const text = { type: ['string', 'null'] } as const;

/** JSON Schema of `tracking-plan.json`; `npx countly-weave plan --schema` prints it. */
export const TRACKING_PLAN_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Tracking plan of an application, as countly-weave reads it',
  type: 'object',
  required: ['version', 'entries'],
  properties: {
    version: { const: 1 },
    entries: { type: 'array', items: { $ref: '#/$defs/entry' } },
  },
  $defs: {
    entry: {
      description: 'One decorator on one method, or an entry of a catalogue that no decorator stands for.',
      type: 'object',
      required: [
        'kind',
        'key',
        'keyFrom',
        'decorator',
        'class',
        'method',
        'source',
        'segments',
        'moreSegments',
        'risks',
      ],
      additionalProperties: false,
      properties: {
        kind: { enum: ['event', 'timed-event', 'view', 'trace', 'error', 'breadcrumb'] },
        key: { ...text, description: 'Null when only a running program knows it, and for errors and breadcrumbs.' },
        keyFrom: { enum: ['given', 'default', 'dynamic'] },
        decorator: text,
        class: text,
        method: text,
        source: {
          type: ['object', 'null'],
          required: ['file', 'line'],
          additionalProperties: false,
          properties: { file: { type: 'string' }, line: { type: 'integer', minimum: 1 } },
        },
        segments: { type: 'object', additionalProperties: { $ref: '#/$defs/segment' } },
        moreSegments: { type: 'boolean', description: 'Further segments are computed when the method runs.' },
        sum: { type: 'boolean' },
        consent: { type: 'string' },
        moment: { enum: ['call', 'success', 'error', 'settle', null] },
        sample: { type: 'number', minimum: 0, maximum: 1 },
        conditional: { type: 'boolean' },
        client: text,
        description: text,
        owner: text,
        risks: {
          type: 'array',
          items: {
            type: 'object',
            required: ['code', 'message'],
            additionalProperties: false,
            properties: { code: { type: 'string' }, message: { type: 'string' } },
          },
        },
      },
    },
    segment: {
      type: 'object',
      required: ['type', 'from'],
      additionalProperties: false,
      properties: {
        type: { enum: ['string', 'number', 'boolean', 'unknown'] },
        optional: { type: 'boolean' },
        values: { type: 'array', items: { type: ['string', 'number', 'boolean'] } },
        from: { enum: ['catalogue', 'decorator', 'parameter', 'class'] },
      },
    },
  },
} as const;
