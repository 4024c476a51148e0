import Addresses
import BGP
import NIOCore

extension ConnectionPath {
    /// The path of a connection from an own address to a peer's: next hops are addresses of the interface that the
    /// connection leaves by. VIPs, which stand there with all their bits, are none.
    init(from local: IPAddress, to remote: IPAddress) {
        self.init(local: local)
        // no interfaces, no next hops of the other family: the session says so
        let devices = (try? System.enumerateDevices()) ?? []
        guard let name = devices.first(where: { $0.address?.address == local })?.name else { return }
        for device in devices where device.name == name {
            guard let address = device.address?.address, let mask = device.netmask?.address else { continue }
            let length = mask.bits.nonzeroBitCount
            if address.family == .ipv6, address.isLinkLocal {
                linkLocal = linkLocal ?? address
            } else if length < address.family.bitWidth {
                switch address.family {
                case .ipv4: interfaceIPv4 = interfaceIPv4 ?? address
                case .ipv6: interfaceIPv6 = interfaceIPv6 ?? address
                }
            }
        }
        let isOnLink = devices.contains { device in
            guard device.name == name, let address = device.address?.address, let mask = device.netmask?.address,
                address.family == remote.family
            else { return false }
            return address.bits & mask.bits == remote.bits & mask.bits
        }
        // a peer behind a router cannot use it
        if !isOnLink { linkLocal = nil }
    }
}
