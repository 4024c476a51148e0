/// A sample's value; integers keep their digits.
enum MetricValue: Sendable, Hashable {
    case integer(Int64)
    case double(Double)
}
