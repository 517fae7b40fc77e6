export default {
  globs: ['components/**/*.ts'],
  exclude: ['components/**/*.test.ts'],
  outdir: 'dist',
  litelement: true,
  packagejson: false,
}
