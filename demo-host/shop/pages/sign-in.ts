import { people, roleSummaries } from '../../host/people.ts'
import { html, type Html } from '../html.ts'

export interface SignInForm {
  returnTo: string
  user?: string
  problem?: string
}

/** The shop's own sign-in; the demo needs no password. */
export function signInPage({ returnTo, user = '', problem }: SignInForm): Html {
  return html`<section class="card narrow">
    <h1>Sign in</h1>
    <form class="sign-in" method="post" action="/sign-in">
      <input type="hidden" name="return-to" value="${returnTo}">
      <label for="user">Your name</label>
      <input id="user" name="user" value="${user}" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus
        ${problem && html`aria-invalid="true" aria-describedby="problem"`}>
      ${problem && html`<p class="problem" id="problem" role="alert">${problem} Choose one of the users below.</p>`}
      <button type="submit">Sign in</button>
    </form>
    <h2>Users</h2>
    <form class="people" method="post" action="/sign-in">
      <input type="hidden" name="return-to" value="${returnTo}">
      ${people.map(({ name, role }) => html`<button type="submit" name="user" value="${name}"><b>${name}</b> <span>${roleSummaries[role]}</span></button>`)}
    </form>
    <p class="quiet">This is a demo, so there are no passwords. Your own host keeps its existing login.</p>
  </section>`
}
