/// One line of a family (a histogram: one block), alive from its making to its destruction. swift-metrics holds it as a
/// handler and writes values from any thread; an exposition reads it.
protocol MetricSeries: AnyObject, Sendable {
    /// The family's name, to find the series again when it is destroyed.
    var family: String { get }
    var labels: MetricLabels { get }
}
