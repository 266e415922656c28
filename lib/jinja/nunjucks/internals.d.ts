/** What nunjucks' own typings leave out: the modules behind its entry point. */
declare module 'nunjucks/src/environment.js' {
  const environment: { Environment: any; Template: any };
  export default environment;
}
declare module 'nunjucks/src/loader.js' {
  const Loader: any;
  export default Loader;
}
