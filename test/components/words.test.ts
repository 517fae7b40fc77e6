import { html, render } from 'lit'
import { english, speaking, t, tn, tr } from '../../components/core/words.ts'
import { equal } from './assert.ts'

const german = {
  tag: 'de',
  catalogue: { 'Retry {0} jobs of {1}': 'In {1} {0} Jobs wiederholen', 'Paused by {0}': 'Von {0} angehalten', '# job|# jobs': { one: '# Job', other: '# Jobs' } },
}

describe('the words of the elements', () => {
  it('are English where no catalogue has them', () => {
    equal(t`Retry ${1_204} jobs of ${'mail'}`, 'Retry 1,204 jobs of mail')
    equal(speaking({ tag: 'de', catalogue: {} }, () => t`Nothing ${1_204}`), 'Nothing 1.204')
    equal(tn(1, '# job', '# jobs'), '1 job')
    equal(tn(0, '# job', '# jobs'), '0 jobs')
    equal(tn(2, '# entry feeds {0}, {1} of {0}', '# entries feed {0}, {1} of {0}', 'mail #1', 1_200), '2 entries feed mail #1, 1,200 of mail #1')
  })

  it('may have their values in another order in another language', () => {
    equal(speaking(german, () => t`Retry ${1_204} jobs of ${'mail'}`), 'In mail 1.204 Jobs wiederholen')
  })

  it('keep templates among their values', () => {
    const box = document.createElement('div')
    render(speaking(german, () => tr`Paused by ${html`<b>ops-demo</b>`}`), box)
    equal(box.textContent, 'Von ops-demo angehalten')
    equal(box.querySelector('b')!.textContent, 'ops-demo')
  })

  it('use every plural form that the language has', () => {
    const arabic = { tag: 'ar', catalogue: { '# job|# jobs': { zero: 'z', one: 'o', two: 't', few: 'f', many: 'm', other: 'x' } } }
    equal(speaking(arabic, () => [0, 1, 2, 5, 11, 100].map((count) => tn(count, '# job', '# jobs'))), ['z', 'o', 't', 'f', 'm', 'x'])
    equal(speaking(german, () => tn(2_000, '# job', '# jobs')), '2.000 Jobs')
  })

  it('are the previous language again, also after a failure', () => {
    try {
      speaking(german, () => {
        throw new Error('no')
      })
    } catch {}
    equal(speaking(english, () => t`Paused by ${'me'}`), 'Paused by me')
    equal(t`Paused by ${'me'}`, 'Paused by me')
  })
})
