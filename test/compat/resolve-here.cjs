const { sep } = require('node:path');

/** The shared suite finds its modules where Jest was started, and not where its own file happens to lie. */
module.exports = (request, options) => {
  const shared = options.basedir.split(sep).includes('suite') && !request.startsWith('.');
  return options.defaultResolver(request, shared ? { ...options, basedir: options.rootDir } : options);
};
