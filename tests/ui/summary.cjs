// Prints one line with the counts of both kinds of tests; fails if no test ran.
const { readFileSync } = require('fs');

const folder = process.argv[2];
const read = name => JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf-8'));
const { numPassedTests, numFailedTests } = read('jest');
const { expected, unexpected, flaky, skipped, duration } = read('playwright').stats;
const counts = [
  `${numPassedTests} unit tests passed, ${numFailedTests} failed`,
  `${expected} browser tests passed, ${unexpected} failed, ${flaky} flaky, ${skipped} skipped`
];
console.log(`ui-tests: ${counts.join('; ')} (${Math.round(duration / 1000)} s in the browser)`);
process.exit(numPassedTests && expected && !numFailedTests && !unexpected ? 0 : 1);
