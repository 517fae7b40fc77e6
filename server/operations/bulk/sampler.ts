/** Keeps an even sample of a stream of unknown length: all of it as long as it is short, then every second, fourth, eighth item. */
export class Sampler<T> {
  items: T[] = []
  #stride = 1
  #seen = 0
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  add(item: T): void {
    if (this.#seen++ % this.#stride === 0) this.items.push(item)
    if (this.items.length <= this.#max) return
    this.items = this.items.filter((_item, place) => place % 2 === 0)
    this.#stride *= 2
  }
}
