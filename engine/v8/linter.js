// The door to Camunda's own rules, which V8 loads when they are first asked for: `fangfanLint(request)` begins, `fangfanLinted()`
// gives what was found as JSON once V8 has run the promises that it rests on.
import { Linter } from '@camunda/linting';

const VERSION = '8.8';
let found = null;

globalThis.fangfanLint = (request) => {
  found = { fault: { code: 'failed', reason: 'no answer' } };
  const { xml } = JSON.parse(request);
  lint(xml).then(
    (reports) => { found = { result: reports }; },
    (error) => { found = { fault: { code: 'failed', reason: String(error.message).slice(0, 1000) } }; },
  );
};

globalThis.fangfanLinted = () => JSON.stringify(found);

async function lint(xml) {
  const linter = new Linter({ type: 'cloud' });
  const { rootElement } = await linter._moddle.fromXML(xml);
  rootElement.set('modeler:executionPlatform', 'Camunda Cloud');
  rootElement.set('modeler:executionPlatformVersion', `${VERSION}.0`);
  const reports = await linter.lint(rootElement);
  return reports.map(({ rule, id, message }) => ({ rule: rule.replace(/^.*\//, ''), id, message }));
}
