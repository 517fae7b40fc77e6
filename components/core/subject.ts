export interface SubjectDetail {
  /** e.g. `order_mail discarded`; empty when the page is about nothing in particular. */
  name: string
}
