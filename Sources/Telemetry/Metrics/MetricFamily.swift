/// All series of one name.
struct MetricFamily: Sendable {
    /// A family that a library made without a definition has an empty help and no `# HELP` line.
    var definition: MetricDefinition
    var series: [MetricLabels: any MetricSeries] = [:]

    /// Whether a declaration may come after series were made without one: then it must not change what they are.
    func canAdopt(_ declaration: MetricDefinition) -> Bool {
        guard definition.help.isEmpty else { return false }
        return series.isEmpty || (definition.kind == declaration.kind && definition.buckets == declaration.buckets)
    }
}
