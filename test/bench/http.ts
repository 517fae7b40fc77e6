const headers = { authorization: 'Bearer ops-demo' }

export function getter(url: string, html = false): () => Promise<void> {
  return async () => {
    const answer = await fetch(url, { headers: html ? {} : headers })
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
    await answer.arrayBuffer()
  }
}

export async function get(url: string): Promise<unknown> {
  return (await fetch(url, { headers })).json()
}

export async function post(url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) })
  if (answer.status >= 300) throw new Error(`${url} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
  return answer.json()
}
