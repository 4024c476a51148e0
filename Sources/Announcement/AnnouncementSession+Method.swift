import Addresses
import Timing

// How the kernel is made to answer for an address, and the change from one way to the other.
extension AnnouncementSession {
    /// The proxy entry wherever it works and hangs on the lease: for IPv4, unless the address is the node's own. The
    /// kernel's proxy entries for IPv6 hang on nothing: they would answer for a process that is dead.
    func method(for address: IPAddress) -> AnnouncementMethod {
        guard address.family == .ipv4 else { return .address }
        return settings.method ?? (locals.elsewhere.contains(address) ? .address : .proxy)
    }

    /// Takes in other addresses of the node: ways to answer change without a gap, and gates open or shut.
    mutating func change(
        _ new: LocalAddresses, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard locals != new else { return }
        let touched =
            locals.isIPVS == new.isIPVS
            ? Array(locals.elsewhere.symmetricDifference(new.elsewhere)) : Array(cluster.demands.keys)
        locals = new
        for index in links.keys.sorted() { switchMethods(of: touched.sorted(), on: index) }
        changeViews(of: touched.sorted(), at: now, using: &random)
    }

    /// The new way answers before the old one stops.
    private mutating func switchMethods(of addresses: [IPAddress], on index: Int32) {
        var added: [Answer] = []
        var removed: [Answer] = []
        for address in addresses {
            guard let old = links[index]?.answers[address] else { continue }
            let new = method(for: address)
            guard new != old else { continue }
            links[index]?.answers[address] = new
            added.append(Answer(address: address, link: index, method: new))
            removed.append(Answer(address: address, link: index, method: old))
        }
        if !added.isEmpty { out += [.answer(added), .silence(removed)] }
    }
}
