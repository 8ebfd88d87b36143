/// Rows in columns for people. Cells are made safe for a terminal; Chinese characters count two columns.
struct TextTable {
  private let headings: [String]
  private var rows: [[String]] = []

  init(_ headings: String...) { self.headings = headings }

  /// A row with as many cells as there are headings; missing ones stay empty.
  mutating func row(_ cells: String...) { row(cells) }

  mutating func row(_ cells: [String]) {
    rows.append(cells.prefix(headings.count).map(TerminalText.safe))
  }

  func write(to output: Output) {
    var widths = headings.map(TerminalText.width)
    for row in rows {
      for (column, cell) in row.enumerated() {
        widths[column] = max(widths[column], TerminalText.width(cell))
      }
    }
    var text = output.paint(Self.text(of: headings, widths), .bold) + "\n"
    for row in rows { text += Self.text(of: row, widths) + "\n" }
    output.write(Array(text.utf8))
  }

  private static func text(of cells: [String], _ widths: [Int]) -> String {
    var text = ""
    var isBlank = 0
    for (cell, width) in zip(cells, widths) {
      text += String(repeating: " ", count: isBlank) + cell
      isBlank = width - TerminalText.width(cell) + 2
    }
    return text
  }
}
