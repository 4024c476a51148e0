extension FixedWidthInteger {
    /// The sum, or the nearest number that there is: counts of a server or a speaker may be anything.
    func addingSaturated(_ other: Self) -> Self {
        let (sum, isOver) = addingReportingOverflow(other)
        guard isOver else { return sum }
        return other < 0 ? .min : .max
    }
}
