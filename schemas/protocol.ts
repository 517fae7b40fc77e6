/** The version of this package; a test compares it with package.json, which browsers do not get. */
export const version = '0.1.0'

/**
 * What elements and API of different versions agree on. Raise `current` when the elements begin to need something that earlier APIs
 * do not have, and `oldest` when the API stops serving elements of earlier numbers. Version 0.1.0 had number 1 and did not say so.
 */
export const protocol = { current: 2, oldest: 1 }
