import { setClock } from '../../components/core/clock.ts'
import type { OpsCron } from '../../components/pages/ops-cron.ts'
import { type Call, FakeApi, Refusal } from './fake-api.ts'
import { at, entry, event, paused, plan, preview, session } from './sample.ts'
import { all, button, clear, deepFocus, equal, excludes, includes, mount, ok, seen, type, until } from './support.ts'

const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) => {
  let isPaused = false
  return new FakeApi({
    getSession: () => session(),
    listCronEntries: () => ({ items: [entry('nightly_sync', isPaused ? paused : { definitionLocked: undefined })], asOf: at(0) }),
    getCronEntry: () => entry('nightly_sync', { definitionLocked: undefined }),
    createPreview: () => preview(),
    executePreview: () => {
      isPaused = true
      return { event: event(), result: {} }
    },
    ...over,
  })
}

const dialog = (page: OpsCron) => all<HTMLDialogElement>(page, 'dialog')[0]!
const told = (page: OpsCron) => seen(dialog(page))

async function openPause(api: FakeApi): Promise<OpsCron> {
  const page = mount('ops-cron', api)
  const opener = await until(() => button(page, 'Pause… nightly_sync'), 'the button')
  opener.focus()
  opener.click()
  await until(() => button(page, 'Pause entry'), 'the preview')
  return page
}

const bodyOf = (call: Call | undefined) => call?.body as Record<string, unknown>

describe('the confirm dialog', () => {
  afterEach(clear)

  it('says what will happen, what changes and what will be recorded, in that order', async () => {
    const page = await openPause(usual())
    const text = told(page)
    const order = ['Pause nightly_sync', 'Preview Ready', 'Future claims stop until resumed', 'pausedAt', 'Reason', '(optional)', 'Resume by itself', 'This will be recorded', 'cron.paused', 'Powertools-native', 'Audited action', 'low risk', 'expires in 29 min', 'Cancel', 'Pause entry']
    let from = 0
    for (const part of order) {
      const found = text.indexOf(part, from)
      ok(found >= 0, `“${part}” in its place of: ${text}`)
      from = found
    }
  })

  it('executes with the token and the reason, names the record, and tells the page', async () => {
    const api = usual()
    const page = await openPause(api)
    const events: CustomEvent[] = []
    document.addEventListener('ops-operation', (each) => events.push(each as CustomEvent), { once: true })
    type(all(page, '#reason')[0], '  fixture maintenance ')
    button(page, 'Pause entry')!.click()
    await until(() => told(page).includes('is recorded'), 'the end')
    const call = api.calls.find(({ name }) => name === 'executePreview')
    equal(bodyOf(call), { token: preview().token, reason: 'fixture maintenance' })
    excludes(call!.url, 'secret-token')
    equal((events[0]!.detail as { id: string }).id, event().id)
    excludes(JSON.stringify(events[0]!.detail), 'secret-token')
    equal(all(dialog(page), '.done a')[0]!.getAttribute('href'), `/ops/jobs/audit?event=${event().id}`)
    await until(() => button(page, 'Resume… nightly_sync'), 'the refreshed entry')
  })

  it('gives the focus back to the button that opened it', async () => {
    const page = await openPause(usual())
    button(page, 'Pause entry')!.click()
    await until(() => told(page).includes('is recorded'), 'the end')
    const close = await until(() => button(page, 'Close'), 'the close button')
    await until(() => deepFocus() === close, 'the focus on Close')
    close.click()
    await until(() => !dialog(page).open, 'the closed dialog')
    await until(() => deepFocus().getAttribute('aria-label')?.endsWith('nightly_sync'), 'the focus on the opener')
  })

  it('executes once when clicked twice', async () => {
    const api = usual()
    const page = await openPause(api)
    const confirm = button(page, 'Pause entry')!
    confirm.click()
    confirm.click()
    await until(() => told(page).includes('is recorded'), 'the end')
    equal(api.count('executePreview'), 1)
  })

  it('takes a new preview when an input changes', async () => {
    const api = usual()
    const page = await openPause(api)
    type(all(page, '#resumeAt')[0], '2099-01-02T03:04')
    await until(() => api.count('createPreview') === 2, 'the second preview')
    const last = bodyOf(api.calls.findLast(({ name }) => name === 'createPreview'))
    equal(last.input, { resumeAt: new Date('2099-01-02T03:04').toISOString() })
  })

  it('confirms nothing older while an input is being typed or makes no sense', async () => {
    const api = usual()
    const page = await openPause(api)
    type(all(page, '#resumeAt')[0], '2099-01-02T03:04')
    await until(() => button(page, 'Pause entry')?.disabled, 'the disabled button')
    type(all(page, '#resumeAt')[0], '0002-01-02T03:04')
    await until(() => told(page).includes('still to come'), 'the complaint')
    ok(!button(page, 'Pause entry'), 'nothing to confirm')
    equal(api.count('createPreview'), 1, 'previews')
  })

  it('shows what changed when the preview drifted, keeps the reason and offers to look again', async () => {
    let drift = true
    const page = await openPause(
      usual({
        executePreview: () => {
          if (!drift) return { event: event(), result: {} }
          drift = false
          throw new Refusal('preview_drifted', 'The entry changed.', { plan: plan({ before: { pausedAt: null, queue: 'other' } }) })
        },
      }),
    )
    type(all(page, '#reason')[0], 'fixture maintenance')
    button(page, 'Pause entry')!.click()
    await until(() => told(page).includes('Drifted'), 'the drift')
    includes(told(page), 'Changed since you reviewed it')
    includes(told(page), 'other')
    ok(!button(page, 'Pause entry'), 'nothing to confirm until reviewed again')
    button(page, 'Review again')!.click()
    const confirm = await until(() => button(page, 'Pause entry'), 'the new preview')
    equal(all<HTMLTextAreaElement>(page, '#reason')[0]!.value, 'fixture maintenance')
    confirm.click()
    await until(() => told(page).includes('is recorded'), 'the end')
  })

  it('offers a new preview when the old one expired, on the server or on the clock', async () => {
    let asked = 0
    const page = await openPause(usual({ createPreview: () => preview({ expiresAt: at(asked++ === 0 ? 1500 : 60_000) }) }))
    await until(() => told(page).includes('Expired'), 'the expiry', 4000)
    button(page, 'Review again')!.click()
    await until(() => button(page, 'Pause entry'), 'the new preview')
  })

  it('counts by the server’s clock when this machine’s is wrong', async () => {
    const hour = 3_600_000
    const wrong = new FakeApi({ ...usual().answers, getSession: () => session({ asOf: at(-hour) }), createPreview: () => preview({ expiresAt: at(-hour / 2 - 30_000) }) })
    const page = await openPause(wrong)
    includes(told(page), 'expires in 29 min')
    setClock(at(0))
  })

  it('leaves arguments alone that are hidden from the person', async () => {
    const api = usual({
      getCronEntry: () => entry('nightly_sync', { definitionLocked: undefined, args: '[hidden]' }),
      createPreview: () => preview({ plan: plan({ action: 'update_cron_entry' }) }),
    })
    const page = mount('ops-cron', api)
    await until(() => button(page, 'Pause… nightly_sync'), 'the row')
    void all<HTMLElementTagNameMap['ops-confirm']>(page, 'ops-confirm')[0]!.open({ action: 'update_cron_entry', id: 'nightly_sync' })
    await until(() => told(page).includes('hidden from you'), 'the note')
    type(all(page, '#queue')[0], 'other')
    button(page, 'Review')!.click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    equal(bodyOf(api.calls.find(({ name }) => name === 'createPreview')).input, { queue: 'other' })
  })

  it('says that a used preview may have been recorded, and where to look', async () => {
    const page = await openPause(
      usual({
        executePreview: () => {
          throw new Refusal('preview_consumed', 'This preview was used at 02:00.')
        },
      }),
    )
    button(page, 'Pause entry')!.click()
    await until(() => told(page).includes('Consumed'), 'the state')
    ok(all(dialog(page), 'a[href="/ops/jobs/audit?subjectType=cron_entry&subjectId=nightly_sync"]')[0], 'the link')
  })

  it('keeps the same preview when the network fails, so that trying again is safe', async () => {
    let broken = true
    const api = usual({
      executePreview: () => {
        if (broken) throw new Refusal('unavailable', 'No answer.')
        return { event: event(), result: {} }
      },
    })
    const page = await openPause(api)
    button(page, 'Pause entry')!.click()
    await until(() => told(page).includes('Trying again is safe'), 'the problem')
    includes(told(page), 'req-4711')
    broken = false
    ;(await until(() => !button(page, 'Pause entry')?.disabled && button(page, 'Pause entry'), 'the button')).click()
    await until(() => told(page).includes('is recorded'), 'the end')
    equal(api.count('createPreview'), 1)
  })

  it('offers no second try of what somebody else changed first, but another look', async () => {
    let refused = false
    const refuse = () => {
      refused = true
      throw new Refusal('mutation_conflict', 'Another change came first; look again and retry.')
    }
    const api = usual({ executePreview: refuse })
    const page = await openPause(api)
    type(all(page, '#reason')[0], 'fixture maintenance')
    button(page, 'Pause entry')!.click()
    const read = api.count('listCronEntries')
    await until(() => refused && told(page).includes('Another change came first'), 'the refusal')
    ok(!button(page, 'Pause entry'), 'nothing to confirm again')
    await until(() => api.count('listCronEntries') > read, 'the list behind it is read again')
    button(page, 'Review again')!.click()
    await until(() => api.count('createPreview') === 2 && button(page, 'Pause entry'), 'the entry as it is now')
    equal((all(page, '#reason')[0] as HTMLTextAreaElement).value, 'fixture maintenance')
  })

  it('offers no second try of what the state no longer allows', async () => {
    const refuse = () => {
      throw new Refusal('illegal_transition', 'nightly_sync is already paused; expected one that is not.')
    }
    const page = await openPause(usual({ executePreview: refuse }))
    type(all(page, '#reason')[0], 'fixture maintenance')
    button(page, 'Pause entry')!.click()
    await until(() => told(page).includes('already paused'), 'the refusal')
    includes(told(page), 'Nothing was changed by you.')
    ok(!button(page, 'Pause entry'), 'nothing to confirm again')
    ok(button(page, 'Review again'), 'a way to look again')
    equal((all(page, '#reason')[0] as HTMLTextAreaElement).value, 'fixture maintenance')
  })

  it('tells somebody whose session ended how to go on without losing what they typed', async () => {
    const refuse = () => {
      throw new Refusal('unauthenticated', 'Nobody is signed in.')
    }
    const page = await openPause(usual({ executePreview: refuse }))
    button(page, 'Pause entry')!.click()
    await until(() => told(page).includes('Sign in again in another tab'), 'the advice')
    ok(button(page, 'Pause entry'), 'the same preview, to try again')
  })

  it('begins a change at its first field', async () => {
    const page = mount('ops-cron', usual())
    ;(await until(() => button(page, 'More for nightly_sync'), 'the menu')).click()
    ;(await until(() => all<HTMLElement>(page, '[role=menuitem]').find((item) => seen(item) === 'Change…'), 'the item')).click()
    await until(() => deepFocus().id === 'queue', 'the focus on the first field')
  })

  it('says why a preview was refused', async () => {
    const api = usual({
      createPreview: () => {
        throw new Refusal('forbidden', 'Role viewer may look, not change.')
      },
    })
    const page = mount('ops-cron', api)
    ;(await until(() => button(page, 'Pause… nightly_sync'), 'the button')).click()
    await until(() => told(page).includes('Role viewer may look'), 'the refusal')
    ok(!button(page, 'Pause entry'), 'nothing to confirm')
  })

  it('asks for a reason that is required before it sends anything', async () => {
    const api = usual({ createPreview: () => preview({ reasonRequired: true, plan: plan({ action: 'delete_cron_entry' }) }) })
    const page = mount('ops-cron', api)
    await until(() => button(page, 'Pause… nightly_sync'), 'the row')
    const confirm = all<HTMLElementTagNameMap['ops-confirm']>(page, 'ops-confirm')[0]!
    void confirm.open({ action: 'delete_cron_entry', id: 'nightly_sync' })
    const go = await until(() => button(page, 'Delete entry'), 'the preview')
    includes(told(page), '(required, at least 8 characters)')
    type(all(page, '#reason')[0], 'short')
    go.click()
    await until(() => told(page).includes('Give a reason of at least 8 characters'), 'the complaint')
    equal(api.count('executePreview'), 0)
    equal(deepFocus().id, 'reason')
  })

  it('closes on Escape and forgets the token', async () => {
    const page = await openPause(usual())
    dialog(page).dispatchEvent(new Event('cancel', { cancelable: true }))
    dialog(page).close()
    await until(() => !all<HTMLElementTagNameMap['ops-confirm']>(page, 'ops-confirm')[0]!.opened, 'the closed dialog')
    await until(() => deepFocus().getAttribute('aria-label') === 'Pause… nightly_sync', 'the focus on the opener')
  })

  it('makes a new entry from a form, and says which arguments are not JSON', async () => {
    const api = usual({ createPreview: () => preview({ reasonRequired: true, plan: plan({ action: 'create_cron_entry' }) }) })
    const page = mount('ops-cron', api)
    ;(await until(() => !button(page, 'New entry…')?.disabled && button(page, 'New entry…'), 'the button')).click()
    const review = await until(() => button(page, 'Review'), 'the form')
    const values = { name: 'hourly', queue: 'reports', expression: '0 * * * *', args: '{nope', timezone: 'Europe/Berlin' }
    for (const [field, value] of Object.entries(values)) type(all(page, `#${field}`)[0], value)
    review.click()
    await until(() => told(page).includes('not valid JSON'), 'the complaint')
    type(all(page, '#args')[0], '{"a":1}')
    button(page, 'Review')!.click()
    await until(() => button(page, 'Create entry'), 'the preview')
    const body = bodyOf(api.calls.find(({ name }) => name === 'createPreview'))
    equal(body.subject, { type: 'cron_entry', id: 'hourly' })
    equal(body.input, { queue: 'reports', args: { a: 1 }, expression: '0 * * * *', timezone: 'Europe/Berlin', overlap: 'queue_one', catchUp: 'latest', maxCatchUp: 1 })
    type(all(page, '#queue')[0], 'other')
    await until(() => button(page, 'Review'), 'a changed form to be reviewed again')
  })

  it('sends only what a change changes', async () => {
    const api = usual({ createPreview: () => preview({ plan: plan({ action: 'update_cron_entry' }) }) })
    const page = mount('ops-cron', api)
    await until(() => button(page, 'Pause… nightly_sync'), 'the row')
    void all<HTMLElementTagNameMap['ops-confirm']>(page, 'ops-confirm')[0]!.open({ action: 'update_cron_entry', id: 'nightly_sync' })
    await until(() => all(page, '#expression')[0], 'the form')
    button(page, 'Review')!.click()
    await until(() => told(page).includes('Nothing is changed yet'), 'the complaint')
    type(all(page, '#expression')[0], '0 3 * * *')
    button(page, 'Review')!.click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    equal(bodyOf(api.calls.find(({ name }) => name === 'createPreview')).input, { expression: '0 3 * * *' })
  })
})
