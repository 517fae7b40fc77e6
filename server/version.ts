export { packageVersion as version } from './package-folder.ts'
