// Prints "ok NAME" or "FAIL NAME" for each test, and why it failed.
export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const isFile = data.name.endsWith('.mjs');
    if (type === 'test:pass') {
      if (!isFile) yield `${data.skip ? 'skip' : 'ok'} ${data.name}\n`;
      continue;
    }
    const error = data.details.error;
    if (isFile && error.failureType === 'subtestsFailed') continue; // its tests have spoken
    const cause = error.cause ?? error;
    yield `FAIL ${data.name}\n    ${String(cause?.stack ?? cause).replaceAll('\n', '\n    ')}\n`;
  }
}
