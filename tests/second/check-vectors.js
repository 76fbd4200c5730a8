// Checks every case of every vector file, and that no file, and no section of one, was passed over.
//
//     node check-vectors.js FOLDER
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Checks all cases of a section; some say how many they hold. */
function checkSection(name, section, value, file) {
  const cases = Array.isArray(value) ? value : [value]
  const failed = []
  let passed = 0
  for (const [i, one] of cases.entries()) {
    try {
      passed += section(one, file) ?? 1
    } catch (error) {
      failed.push(`${name} ${one?.name ?? i}: ${error.message.replaceAll('\n', ' ').slice(0, 300)}`)
    }
  }
  return { passed, failed }
}

async function checkFile(path) {
  const file = JSON.parse(readFileSync(path, 'utf8'))
  const name = basename(path, '.json')
  const { sections, rules } = await import(`./vectors/${name}.js`)
  const unread = Object.keys(file).filter((key) => !(key in sections) && !rules.includes(key))
  const absent = Object.keys(sections).filter((key) => !(key in file))
  const results = Object.entries(sections)
    .filter(([key]) => key in file)
    .map(([key, section]) => [key, checkSection(key, section, file[key], file)])
  const failed = [
    ...unread.map((key) => `${key} was not read`),
    ...absent.map((key) => `${key} is not there`),
    ...results.flatMap(([, result]) => result.failed),
  ]
  const counts = results.map(([key, { passed }]) => `${key} ${passed}`)
  console.log(`${name}.json: ${counts.join(', ')}${failed.length ? '; FAILED' : ''}`)
  failed.forEach((line) => console.log(`  ${line}`))
  return { passed: results.reduce((sum, [, { passed }]) => sum + passed, 0), failed: failed.length }
}

const folder = process.argv[2]
let [passed, failed] = [0, 0]
for (const name of readdirSync(folder)
  .filter((one) => one.endsWith('.json'))
  .sort()) {
  const result = await checkFile(join(folder, name))
  passed += result.passed
  failed += result.failed
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed || !passed ? 1 : 0
