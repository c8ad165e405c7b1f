/** TypeScript to JavaScript for jest; types are checked by the build. */
const ts = require('typescript');

module.exports = {
  process: (source, path) => {
    const { outputText, sourceMapText } = ts.transpileModule(source, {
      fileName: path,
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, sourceMap: true }
    });
    return { code: outputText, map: sourceMapText };
  }
};
