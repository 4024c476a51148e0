import Addresses
import Allocation
import ClusterConfiguration
import KubernetesObjects
import Reasons
import Testing

/// A pool from the text of its ranges.
func pool(
    _ name: String, _ ranges: String..., autoAssign: Bool = true, avoidBuggyIPs: Bool = false,
    pinned: AddressPool.ServiceAllocation? = nil
) throws -> AddressPool {
    AddressPool(
        name: name, ranges: try ranges.map(range), autoAssign: autoAssign, avoidBuggyIPs: avoidBuggyIPs,
        serviceAllocation: pinned)
}

func range(_ text: String) throws -> IPRange {
    if let prefix = IPPrefix(text) { return prefix.range }
    let ends = text.split(separator: "-").map(String.init)
    let first = try #require(IPAddress(ends[0]))
    let last = try #require(IPAddress(ends[ends.count - 1]))
    return try #require(IPRange(first, last))
}

extension Allocator {
    /// Takes over what these say that they have.
    mutating func adopt(_ requests: [ServiceRequest]) {
        _ = adopt(requests, listed: \.status.addresses, request: { $0 }, isSettled: { _, _ in true })
    }
}

/// An allocator with a manual clock, and Services whose status follows its decisions.
struct Desk {
    var allocator: Allocator
    var now = ContinuousClock.now
    var services: [String: ServiceRequest] = [:]

    init(_ pools: AddressPool...) { allocator = Allocator(configuration: Configuration(pools: pools)) }

    /// Asks for a Service as it is now; `change` edits it first.
    @discardableResult
    mutating func ask(_ name: String, _ change: (inout ServiceRequest) -> Void = { _ in }) -> AllocationDecision {
        let key = ObjectKey(namespace: "default", name: name)
        var request = services[name] ?? ServiceRequest(key: key)
        change(&request)
        let decision = decide(request)
        request.status = ServiceRequest.StatusAddresses(decision.grant?.addresses ?? [])
        services[name] = request
        _ = allocator.settle(request.key, listed: request.status.addresses, at: now)
        return decision
    }

    /// Decides about a Service, whose status stays as it is.
    mutating func decide(_ request: ServiceRequest) -> AllocationDecision {
        allocator.reconcile(.request(request), for: request.key, listed: request.status.addresses, at: now)
    }

    /// The addresses that a Service gets, as text.
    mutating func addresses(_ name: String, _ change: (inout ServiceRequest) -> Void = { _ in }) -> String {
        ask(name, change).text
    }

    mutating func release(_ name: String) {
        guard let request = services.removeValue(forKey: name) else { return }
        allocator.release(request.key, at: now)
    }

    mutating func configure(_ pools: AddressPool...) {
        allocator.setConfiguration(Configuration(pools: pools))
    }
}

extension AllocationDecision {
    /// `192.0.2.1 2001:db8::1`, or the reason of the refusal.
    var text: String {
        if let grant { return grant.addresses.map(\.description).joined(separator: " ") }
        return refusal?.reason.rawValue ?? "clear"
    }
}

extension ServiceRequest {
    mutating func want(_ addresses: String...) {
        wish = .addresses(addresses.compactMap { IPAddress($0) }, pool: nil)
    }

    mutating func share(_ key: String, _ ports: ServicePort..., backend: String = "") {
        terms = SharingTerms(key: key, backend: backend, ports: Set(ports))
    }
}

let tcp80 = ServicePort(port: 80)
let udp80 = ServicePort(transport: "UDP", port: 80)
let tcp443 = ServicePort(port: 443)
