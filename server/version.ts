import { packageManifest } from './package-folder.ts'

export const version: string = packageManifest.version

/** The version of another package that this one is tested with; undefined if the manifest does not name it. */
export function testedVersion(name: string): string | undefined {
  return packageManifest.devDependencies?.[name] ?? packageManifest.dependencies?.[name]
}
