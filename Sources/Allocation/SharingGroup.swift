import Addresses

/// The addresses that Services of one sharing group have, so that another one of the group finds a place among them
/// without looking at any others.
struct SharingGroup: Sendable {
    private(set) var addresses: Set<IPAddress> = []
    /// On how many of the addresses each port is in use.
    private var addressesWithPort: [ServicePort: Int] = [:]

    var isEmpty: Bool { addresses.isEmpty }

    mutating func add(_ address: IPAddress, _ ports: Set<ServicePort>) {
        addresses.insert(address)
        for port in ports { addressesWithPort[port, default: 0] += 1 }
    }

    /// Takes a Service's ports away; the address goes with its last Service.
    mutating func remove(_ address: IPAddress, _ ports: Set<ServicePort>, isLast: Bool) {
        if isLast { addresses.remove(address) }
        for port in ports {
            let count = addressesWithPort[port, default: 0] - 1
            addressesWithPort[port] = count > 0 ? count : nil
        }
    }

    /// False if some port is in use on every address of the group: the common case where thousands of Services carry
    /// one key and the same port, for which no search is needed.
    func mayAccept(_ ports: Set<ServicePort>) -> Bool {
        ports.allSatisfy { addressesWithPort[$0, default: 0] < addresses.count }
    }
}
