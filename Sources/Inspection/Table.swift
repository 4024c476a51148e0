/// Columns under titles in capitals, as kubectl prints them.
package struct Table: Sendable, Hashable {
    /// One column.
    package struct Column: Sendable, Hashable {
        package var title: String
        /// True if the column is for the wide form only.
        package var isWide: Bool

        package init(_ title: String, isWide: Bool = false) {
            self.title = title
            self.isWide = isWide
        }
    }

    package var columns: [Column]
    /// As many cells each as there are columns; an empty cell shows as a dash.
    package var rows: [[String]]

    package init(_ columns: Column..., rows: [[String]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// The lines. A cell's own line breaks become spaces, so that a row stays a line.
    package func lines(isWide: Bool, indent: String = "") -> [String] {
        let shown = columns.indices.filter { isWide || !columns[$0].isWide }
        let cells = [columns.map(\.title)] + rows
        let text = cells.map { row in
            shown.map { index in
                let cell = index < row.count ? row[index] : ""
                return cell.isEmpty ? "-" : String(cell.map { $0.isNewline ? " " : $0 })
            }
        }
        let widths = shown.indices.map { column in text.map { $0[column].count }.max() ?? 0 }
        return text.map { row in
            let padded = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            return indent + padded.joined(separator: "   ")
        }
    }
}
