// Bundles what runs in V8 and in browsers: engine/v8/build/ and web/static/build/.
// Run by `make` (build.stamp); everything it makes is left out of git.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

// One line a bundle: [entry, output, kind]. An entry that is not there yet is left out.
const bundles = [
  ['engine/v8/main.js', 'engine/v8/build/evaluator.js', 'v8'],
  ['engine/v8/linter.js', 'engine/v8/build/linter.js', 'v8'],
  ['web/assets/forms/forms.js', 'web/static/build/forms.js', 'browser'],
  ['web/assets/studio/studio.js', 'web/static/build/studio.js', 'browser'],
  ['web/assets/studio/rules.js', 'web/static/build/rules.js', 'browser'],
  ['web/assets/studio/questions.js', 'web/static/build/questions.js', 'browser'],
  ['web/assets/studio/sheet.js', 'web/static/build/sheet.js', 'browser'],
  ['web/assets/studio/difference.js', 'web/static/build/difference.js', 'browser'],
  ['web/assets/studio/trial.js', 'web/static/build/trial.js', 'browser'],
  ['web/assets/studio/recording.js', 'web/static/build/recording.js', 'browser'],
  ['web/assets/studio/settings.js', 'web/static/build/settings.js', 'browser'],
  ['web/assets/pages/pages.js', 'web/static/build/pages.js', 'browser'],
  ['web/assets/pages/task.js', 'web/static/build/task.js', 'browser'],
  ['web/assets/pages/together.js', 'web/static/build/together.js', 'browser'],
  ['web/assets/field/field.jsx', 'web/static/build/field.js', 'browser'],
  ['web/assets/field/worker.js', 'web/static/build/field-worker.js', 'browser'],
  ['web/assets/pages/figures.js', 'web/static/build/figures.js', 'browser'],
  ['web/assets/pages/diagram.js', 'web/static/build/diagram.js', 'browser'],
];

// form-js, feelers and the editors bring older FEEL interpreters: one language needs one interpreter.
const oneInterpreter = { '@bpmn-io/feelin': 'feelin', '@bpmn-io/lezer-feel': 'lezer-feel' };

// Parts that the packages keep to themselves: feelin parses an expression each time it evaluates it, so engine/v8/feel.js
// keeps what was parsed, and replaces functions where the standard says more (engine/v8/semantics.js, temporal.js); form-js checks by its Validator, which web/assets/forms/walk.js calls without a page.
const opened = [
  [/node_modules[\\/]feelin[\\/]dist[\\/]index\.js$/, { interpreter: 'const', InterpreterContext: 'class', coerceContext: 'function', builtins: 'const', invalidArguments: 'function', compareIn: 'function' }],
  [/node_modules[\\/]@bpmn-io[\\/]form-js-viewer[\\/]dist[\\/]index\.es\.js$/, { Validator: 'class' }],
];
const replaced = ['evalNode', 'equals', 'rangeIncludes', 'rangeMap', 'createRange', 'parseDate', 'parseTime', 'parseDateTime', 'extractValue', 'parseExpression', 'parseUnaryTests'];
const openPackages = {
  name: 'open-packages',
  setup({ onLoad }) {
    for (const [filter, parts] of opened) {
      onLoad({ filter }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        const missing = Object.entries(parts).filter(([name, kind]) => !source.includes(`\n${kind} ${name}`));
        if (parts.interpreter) missing.push(...replaced.filter((name) => !source.includes(`\nfunction ${name}(`)).map((name) => [name]));
        if (missing.length) throw new Error(`${path} has no ${missing.map(([name]) => name)} any more`);
        const doors = parts.interpreter ? replaced.map((name) => `${name}: (make) => { ${name} = make(${name}); }`) : [];
        return { contents: `${source}\nexport { ${Object.keys(parts).join(', ')} };\nexport const replace = { ${doors.join(', ')} };`, loader: 'js' };
      });
    }
  },
};

// On the server, sheets (feelers) and conditions (form-js) are evaluated by engine/v8, which keeps what was parsed.
const ownFeel = {
  name: 'own-feel',
  setup({ onResolve }) {
    onResolve({ filter: /^@bpmn-io\/feelin$/ }, ({ importer }) => (
      importer.includes(join('node_modules', 'feelers')) ? { path: join(root, 'engine/v8/sheets.js') }
        : importer.includes(join('@bpmn-io', 'form-js-viewer')) ? { path: join(root, 'engine/v8/conditions.js') } : null));
  },
};

const kinds = {
  v8: { plugins: [ownFeel, openPackages], target: 'es2022', platform: 'neutral', mainFields: ['module', 'main'], conditions: ['import'] },
  browser: {
    plugins: [openPackages],
    target: ['chrome87', 'firefox85', 'safari14.1'], // the township's PCs
    platform: 'browser',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.woff': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl', '.eot': 'empty', '.svg': 'dataurl', '.json': 'json', '.bpmn': 'text' },
  },
};

for (const folder of ['engine/v8/build', 'web/static/build']) {
  mkdirSync(join(root, folder), { recursive: true });
}
await Promise.all(bundles.filter(([entry]) => existsSync(join(root, entry))).map(([entry, outfile, kind]) => build({
  absWorkingDir: root,
  entryPoints: [entry],
  outfile,
  bundle: true,
  format: 'iife',
  minify: true,
  legalComments: 'linked',
  charset: 'utf8',
  logLevel: 'warning',
  alias: oneInterpreter,
  define: { 'process.env.NODE_ENV': '"production"' },
  ...kinds[kind],
})));
