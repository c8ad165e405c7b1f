/** Unit tests of the front end's model; they need no browser. */
module.exports = {
  rootDir: 'labextension',
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  transform: { '\\.tsx?$': '<rootDir>/test/transform.cjs' },
  testEnvironment: 'node'
};
