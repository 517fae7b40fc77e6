import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { CliError, reasonOf } from './explain.ts'
import { type Starter, starters } from './init/starters.ts'
import { print } from './print.ts'

export function initCommand(): Command {
  return new Command('init')
    .description('write starter files with options and mounts into a host; existing files are left unchanged')
    .argument('[folder]', "the host's folder", '.')
    .action(async (folder: string) => {
      const into = resolve(folder)
      if (!existsSync(into)) throw new CliError(`There is no folder ${into}; expected the host's folder.`)
      const written = await Promise.all(starters.map((starter) => writeNew(into, starter)))
      starters.forEach((starter, index) => report(starter, written[index]!))
      showNextSteps(into)
    })
}

/** False if the file already exists; nothing is ever overwritten, even if two processes run at once. */
async function writeNew(into: string, { file, text }: Starter): Promise<boolean> {
  const path = join(into, file)
  try {
    await mkdir(into, { recursive: true })
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw new CliError(`${path} could not be written: ${reasonOf(error)}.`)
  }
}

function report({ file, what, add }: Starter, written: boolean): void {
  if (written) return print(`written  ${file}: ${what}`)
  print(`exists   ${file}, left unchanged. It should contain:`)
  print(add.replace(/^/gm, '           '))
}

function showNextSteps(into: string): void {
  const script = '"ops:migrate": "ops-powertools migrate up"'
  print('')
  print('Next:')
  print("  1. In ops.config.ts, replace denyEverything with the host's login and permissions.")
  print(`  2. ${existsSync(join(into, 'package.json')) ? 'Add to the scripts in package.json' : 'Add a deploy script'}: ${script}`)
  print("  3. Run 'ops-powertools migrate up', then 'ops-powertools doctor'.")
}
