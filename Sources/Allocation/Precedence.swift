package import KubernetesObjects

/// The place of a Service among all that are looked at: those that have something, then those that ask for addresses by
/// name, then those that take what they get.
package struct Precedence: Sendable, Hashable, Comparable {
    private var group: Int
    /// Those with more addresses first.
    private var addresses: Int
    /// Older ones first.
    private var created: String
    package let key: ObjectKey

    package init(_ request: ServiceRequest) {
        key = request.key
        created = request.created
        addresses = request.status.addresses.count
        if !request.status.addresses.isEmpty {
            group = 0
        } else if case .addresses = request.wish {
            group = 1
        } else {
            group = 2
        }
    }

    package static func < (left: Precedence, right: Precedence) -> Bool {
        if left.group != right.group { return left.group < right.group }
        if left.addresses != right.addresses { return left.addresses > right.addresses }
        return left.created == right.created ? left.key < right.key : left.created < right.created
    }
}
