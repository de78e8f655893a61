const jsc = {
  target: 'es2022',
  parser: { syntax: 'typescript', decorators: true },
  transform: { legacyDecorator: true, decoratorMetadata: true },
};

module.exports = { testEnvironment: 'node', transform: { '^.+\\.ts$': ['@swc/jest', { swcrc: false, jsc }] } };
