import { readFile } from 'node:fs/promises'
import { browserFolder } from './assets.ts'

/**
 * The files that a built module imports before it runs, directly or through others. A page that names them lets the browser fetch all
 * of them at once, instead of one after another as it reads them.
 */
export async function staticImportsOf(entry: string): Promise<string[]> {
  const folder = browserFolder()
  const found = new Set<string>()
  const read = async (name: string): Promise<void> => {
    const text = await readFile(new URL(name, folder), 'utf8').catch(() => '')
    const imported = [...text.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([\w.-]+\.js)"/g)].map(([, file]) => file!)
    const fresh = imported.filter((file) => file !== entry && !found.has(file))
    for (const file of fresh) found.add(file)
    await Promise.all(fresh.map(read))
  }
  if (folder) await read(entry)
  return [...found]
}
