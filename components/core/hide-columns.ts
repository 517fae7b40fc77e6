/**
 * Hides the columns of tables that the host does not want. A column is named by the class of its cells, e.g. `version`; the guide
 * lists the names.
 */
export function hideColumns(root: ParentNode, names: readonly string[]): void {
  const isHidden = (cell: Element) => names.some((name) => cell.classList.contains(name))
  for (const { rows } of root.querySelectorAll('table')) {
    const width = rows[0]?.cells.length
    const example = [...rows].find(({ cells }) => cells.length === width && [...cells].some(isHidden))
    const hidden = example ? [...example.cells].map(isHidden) : []
    for (const { cells } of rows) {
      if (cells.length === width) [...cells].forEach((cell, index) => (cell.style.display = hidden[index] ? 'none' : ''))
    }
  }
}
