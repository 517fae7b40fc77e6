/** What the browser's test runner (mocha) puts into the page. */
declare function describe(title: string, body: () => void): void
declare function it(title: string, body: (this: { timeout(milliseconds: number): void }) => void | Promise<void>): void
declare function beforeEach(body: () => void | Promise<void>): void
declare function afterEach(body: () => void | Promise<void>): void
