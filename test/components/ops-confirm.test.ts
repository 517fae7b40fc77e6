import { setClock } from '../../components/core/clock.ts'
import type { OpsCron } from '../../components/pages/ops-cron.ts'
import { type Call, FakeApi, Refusal } from './fake-api.ts'
import { at, entry, event, paused, plan, preview, session } from './sample.ts'
import { all, button, clear, deepFocus, equal, excludes, includes, mount, ok, press, seen, type, until } from './support.ts'

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
const toast = (page: OpsCron) => seen(all(page, 'ops-toast')[0])

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
    const order = ['Pause nightly_sync', 'Preview Ready', 'Future claims stop until resumed', 'pausedAt', 'Reason', '(optional)', 'Resume by itself', 'This will be recorded', 'cron.paused', 'Powertools-native', 'Audited action', 'low risk', 'expires in 29 min', 'Go back', 'Pause entry']
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
    await until(() => toast(page).includes('is recorded'), 'the end')
    const call = api.calls.find(({ name }) => name === 'executePreview')
    equal(bodyOf(call), { token: preview().token, reason: 'fixture maintenance' })
    excludes(call!.url, 'secret-token')
    equal((events[0]!.detail as { id: string }).id, event().id)
    excludes(JSON.stringify(events[0]!.detail), 'secret-token')
    equal(all(page, '.toast a')[0]!.getAttribute('href'), `/ops/jobs/audit?event=${event().id}`)
    await until(() => button(page, 'Resume… nightly_sync'), 'the refreshed entry')
  })

  it('gives the focus back to the button that opened it', async () => {
    const page = await openPause(usual())
    button(page, 'Pause entry')!.click()
    await until(() => toast(page).includes('is recorded'), 'the end')
    await until(() => !dialog(page).open, 'the closed dialog')
    await until(() => deepFocus().getAttribute('aria-label')?.endsWith('nightly_sync'), 'the focus on the opener')
  })

  it('executes once when clicked twice', async () => {
    const api = usual()
    const page = await openPause(api)
    const confirm = button(page, 'Pause entry')!
    confirm.click()
    confirm.click()
    await until(() => toast(page).includes('is recorded'), 'the end')
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
    await until(() => told(page).includes('Choose a time in the future'), 'the complaint')
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
    await until(() => toast(page).includes('is recorded'), 'the end')
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
    await until(() => toast(page).includes('is recorded'), 'the end')
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
    includes(told(page), 'You have changed nothing.')
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
    await until(() => told(page).includes('You have not changed anything yet'), 'the complaint')
    type(all(page, '#expression')[0], '0 3 * * *')
    button(page, 'Review')!.click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    equal(bodyOf(api.calls.find(({ name }) => name === 'createPreview')).input, { expression: '0 3 * * *' })
  })

  it('confirms with Ctrl+Enter', async () => {
    const api = usual()
    const page = await openPause(api)
    all(page, '#reason')[0]!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true, composed: true, cancelable: true }))
    await until(() => toast(page).includes('is recorded'), 'the end')
    equal(api.count('executePreview'), 1)
  })

  it('keeps what was typed when it is closed, for the same question only', async () => {
    const page = await openPause(usual())
    const confirm = all<HTMLElementTagNameMap['ops-confirm']>(page, 'ops-confirm')[0]!
    type(all(page, '#reason')[0], 'half a thought')
    button(page, 'Go back')!.click()
    await until(() => !confirm.opened, 'the closed dialog')
    void confirm.open({ action: 'run_cron_entry', id: 'nightly_sync' })
    await until(() => button(page, 'Run now'), 'another dialog')
    equal((all(page, '#reason')[0] as HTMLTextAreaElement).value, '')
    button(page, 'Go back')!.click()
    void confirm.open({ action: 'pause_cron_entry', id: 'nightly_sync' })
    await until(() => button(page, 'Pause entry'), 'the same dialog')
    equal((all(page, '#reason')[0] as HTMLTextAreaElement).value, 'half a thought')
    includes(told(page), 'Kept from when this was last open')
  })

  it('forgets what was typed once it is recorded', async () => {
    const page = await openPause(usual())
    type(all(page, '#reason')[0], 'fixture maintenance')
    button(page, 'Pause entry')!.click()
    await until(() => toast(page).includes('is recorded'), 'the end')
    void all<HTMLElementTagNameMap['ops-confirm']>(page, 'ops-confirm')[0]!.open({ action: 'pause_cron_entry', id: 'nightly_sync' })
    await until(() => button(page, 'Pause entry'), 'the dialog')
    equal((all(page, '#reason')[0] as HTMLTextAreaElement).value, '')
  })

  it('closes by itself, says so once to those who listen, and leads to the way back', async () => {
    const page = await openPause(usual())
    button(page, 'Pause entry')!.click()
    await until(() => !dialog(page).open, 'the closed dialog')
    await until(() => seen(all(page, 'ops-toast [role=status], [role=status]').find((each) => seen(each).includes('cron.paused'))) === 'Paused nightly_sync. cron.paused is recorded.', 'the announcement')
    button(page, 'Undo…')!.click()
    await until(() => button(page, 'Resume entry') ?? button(page, 'Pause entry'), 'the preview of the way back')
    ok(!all(page, '.toast')[0], 'the toast has gone')
    const reason = all(page, '#reason')[0] as HTMLTextAreaElement
    equal(reason.value, `Undo: Pause entry, “${event().reason}”`, 'the reason to start with')
  })

  it('can be reached by F6 and left by Escape, and stays while the focus is in it', async () => {
    const page = await openPause(usual())
    button(page, 'Pause entry')!.click()
    await until(() => all(page, '.toast')[0], 'the toast')
    const before = await until(() => (deepFocus() === document.body ? undefined : deepFocus()), 'the focus on the page')
    press('F6')
    equal(seen(deepFocus()), 'Audit')
    press('Escape')
    await until(() => !all(page, '.toast')[0], 'the toast gone')
    equal(deepFocus(), before)
  })

  it('leads from a run to its job', async () => {
    const page = await openPause(usual({ executePreview: () => ({ event: event({ action: 'run_cron_entry', eventType: 'cron.run_now' }), result: { jobId: 'job-77' } }) }))
    button(page, 'Pause entry')!.click()
    await until(() => toast(page).includes('Started a run of nightly_sync'), 'the end')
    equal(all(page, '.toast a')[0]!.getAttribute('href'), '/ops/jobs/job/job-77')
    ok(!button(page, 'Undo…'), 'a run cannot be taken back')
  })

  it('shows a dangerous operation as one: the warning first, a red button', async () => {
    const caution = 'These jobs are completed: running them again repeats what they did.'
    const page = await openPause(usual({ createPreview: () => preview({ plan: plan({ risk: 'high', cautions: [caution] }) }) }))
    const text = told(page)
    ok(text.indexOf(caution) < text.indexOf('Future claims stop'), 'the warning before the effect')
    ok(button(page, 'Pause entry')!.classList.contains('danger'), 'a red button')
  })

  it('offers no second try of what cannot work', async () => {
    const refuse = () => {
      throw new Refusal('forbidden', 'Role viewer may look, not change.')
    }
    const page = mount('ops-cron', usual({ createPreview: refuse }))
    ;(await until(() => button(page, 'Pause… nightly_sync'), 'the button')).click()
    await until(() => told(page).includes('Role viewer may look'), 'the refusal')
    ok(!button(page, 'Try again'), 'no second try')
    ok(button(page, 'Go back'), 'the way back')
  })

  it('says everything that is wrong with a new entry at once, each at its field', async () => {
    const api = usual()
    const page = mount('ops-cron', api)
    ;(await until(() => !button(page, 'New entry…')?.disabled && button(page, 'New entry…'), 'the button')).click()
    await until(() => button(page, 'Review'), 'the form')
    for (const [field, value] of Object.entries({ name: '!', expression: '* * *', timezone: 'Mars/Base', args: '[1]' })) type(all(page, `#${field}`)[0], value)
    button(page, 'Review')!.click()
    await until(() => all(page, '[aria-invalid=true]').length === 5, 'the fields')
    equal(all(page, '[aria-invalid=true]').map(({ id }) => id), ['name', 'queue', 'expression', 'timezone', 'args'])
    for (const field of all(page, '[aria-invalid=true]')) ok(seen(all(page, `#${field.getAttribute('aria-describedby')!.split(' ')[0]}`)[0]) !== '', `words at ${field.id}`)
    equal(deepFocus().id, 'name')
    equal(api.count('createPreview'), 0)
  })

  it('shows what only the server knows at its field too', async () => {
    const refuse = () => {
      throw new Refusal('invalid_request', 'input.expression: got 61 in the minute.', { errors: [{ path: 'input.expression', message: 'got 61 in the minute; expected 0 to 59' }] })
    }
    const page = mount('ops-cron', usual({ createPreview: refuse }))
    ;(await until(() => !button(page, 'New entry…')?.disabled && button(page, 'New entry…'), 'the button')).click()
    await until(() => button(page, 'Review'), 'the form')
    for (const [field, value] of Object.entries({ name: 'hourly', queue: 'reports', expression: '61 * * * *' })) type(all(page, `#${field}`)[0], value)
    button(page, 'Review')!.click()
    await until(() => deepFocus().id === 'expression', 'the focus on the field')
    includes(seen(all(page, '#expression-error')[0]), 'got 61 in the minute')
  })
})
