export interface SubjectDetail {
  /** e.g. `order_mail discarded`; empty if the page has no subject. */
  name: string
}
