import Addresses
import CMNL

extension IPFamily {
    /// AF_INET or AF_INET6, as message headers hold it.
    var number: UInt8 { self == .ipv4 ? 2 : 10 }

    init?(number: UInt8) {
        switch number {
        case 2: self = .ipv4
        case 10: self = .ipv6
        default: return nil
        }
    }
}

extension KernelChange {
    /// Lays the change out as one netlink request.
    func write(to buffer: inout MessageBuffer, sequence: UInt32, acknowledged: Bool) {
        let (type, flags) = typeAndFlags
        let all = flags | NLM_F_REQUEST | (acknowledged ? NLM_F_ACK : 0)
        buffer.begin(type: UInt16(type), flags: UInt16(all), sequence: sequence)
        writeBody(to: &buffer)
        buffer.end()
    }

    private var typeAndFlags: (type: Int, flags: Int32) {
        switch self {
        case .addRoute: (RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL)
        case .removeRoute, .dropRoute: (RTM_DELROUTE, 0)
        case .addProxy: (RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE)
        case .removeProxy: (RTM_DELNEIGH, 0)
        case .setAddress: (RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE)
        case .removeAddress: (RTM_DELADDR, 0)
        case .addLink: (RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL)
        case .setLinkUp: (RTM_NEWLINK, 0)
        case .removeLink: (RTM_DELLINK, 0)
        case .setProxyDelay: (RTM_SETNEIGHTBL, NLM_F_REPLACE)
        }
    }

    private func writeBody(to buffer: inout MessageBuffer) {
        switch self {
        case .addRoute(let address, let index, let source): Self.route(address, index, source, to: &buffer)
        case .removeRoute(let address, let index): Self.route(address, index, nil, to: &buffer)
        case .dropRoute(let route): Self.route(route, to: &buffer)
        case .addProxy(let address, let index), .removeProxy(let address, let index):
            Self.neighbor(address, index, to: &buffer)
        case .setAddress(let address, let index, let seconds):
            Self.address(IPPrefix(host: address), index, validSeconds: seconds, to: &buffer)
        case .removeAddress(let prefix, let index): Self.address(prefix, index, validSeconds: nil, to: &buffer)
        case .addLink(let name, let kind):
            Self.link(index: 0, up: false, to: &buffer)
            buffer.attribute(UInt16(IFLA_IFNAME), name)
            buffer.nested(UInt16(IFLA_LINKINFO)) { $0.attribute(UInt16(IFLA_INFO_KIND), Array(kind.utf8)) }
        case .setLinkUp(let index): Self.link(index: index, up: true, to: &buffer)
        case .removeLink(let index): Self.link(index: index, up: false, to: &buffer)
        case .setProxyDelay(let index, let milliseconds, let family):
            buffer.put(UInt32(family.number))  // struct ndtmsg: family, padding
            buffer.attribute(UInt16(NDTA_NAME), family == .ipv4 ? "arp_cache" : "ndisc_cache")
            buffer.nested(UInt16(NDTA_PARMS)) {
                $0.attribute(UInt16(NDTPA_IFINDEX), UInt32(bitPattern: index))
                $0.attribute(UInt16(NDTPA_PROXY_DELAY), milliseconds)
            }
        }
    }

    /// `struct rtmsg` and attributes of a host route.
    private static func route(
        _ address: IPAddress, _ index: Int32, _ source: IPAddress?, to buffer: inout MessageBuffer
    ) {
        buffer.put(address.family.number)
        buffer.put(UInt8(address.family.bitWidth))
        buffer.put(UInt8(0))  // source length
        buffer.put(UInt8(0))  // type of service
        buffer.put(UInt8(RT_TABLE_MAIN.rawValue))
        buffer.put(KernelOwner.protocolNumber)
        buffer.put(UInt8(address.family == .ipv4 ? RT_SCOPE_LINK.rawValue : RT_SCOPE_UNIVERSE.rawValue))
        buffer.put(UInt8(RTN_UNICAST))
        buffer.put(UInt32(0))
        buffer.attribute(UInt16(RTA_DST.rawValue), address)
        buffer.attribute(UInt16(RTA_OIF.rawValue), UInt32(bitPattern: index))
        if let source { buffer.attribute(UInt16(RTA_PREFSRC.rawValue), source) }
    }

    /// `struct rtmsg` and attributes that name one route of ours among all: the kernel compares table, prefix, interface
    /// and protocol, and takes no scope (RT_SCOPE_NOWHERE) for any.
    private static func route(_ route: Route, to buffer: inout MessageBuffer) {
        buffer.put(route.prefix.address.family.number)
        buffer.put(UInt8(route.prefix.length))
        buffer.put(UInt16(0))  // source length, type of service
        buffer.put(UInt8(RT_TABLE_UNSPEC.rawValue))  // RTA_TABLE has it: its numbers do not fit here
        buffer.put(KernelOwner.protocolNumber)
        buffer.put(UInt8(RT_SCOPE_NOWHERE.rawValue))
        buffer.put(UInt8(RTN_UNICAST))
        buffer.put(UInt32(0))
        buffer.attribute(UInt16(RTA_DST.rawValue), route.prefix.address)
        buffer.attribute(UInt16(RTA_TABLE.rawValue), route.table)
        if route.outputIndex != 0 { buffer.attribute(UInt16(RTA_OIF.rawValue), UInt32(bitPattern: route.outputIndex)) }
    }

    /// `struct ndmsg` and attributes of a proxy entry.
    private static func neighbor(_ address: IPAddress, _ index: Int32, to buffer: inout MessageBuffer) {
        buffer.put(UInt32(address.family.number))
        buffer.put(index)
        buffer.put(UInt16(NUD_PERMANENT))
        buffer.put(UInt8(NTF_PROXY))
        buffer.put(UInt8(0))
        buffer.attribute(UInt16(NDA_DST), address)
        buffer.attribute(UInt16(NDA_PROTOCOL), KernelOwner.protocolNumber)
    }

    /// `struct ifaddrmsg` and attributes of an address with a lifetime.
    private static func address(
        _ prefix: IPPrefix, _ index: Int32, validSeconds: UInt32?, to buffer: inout MessageBuffer
    ) {
        let address = prefix.address
        buffer.put(address.family.number)
        buffer.put(UInt8(prefix.length))
        buffer.put(UInt8(0))
        // The scope of an IPv6 address is the address's own; the kernel ignores the field.
        buffer.put(UInt8(address.family == .ipv4 ? RT_SCOPE_LINK.rawValue : RT_SCOPE_UNIVERSE.rawValue))
        buffer.put(UInt32(bitPattern: index))
        buffer.attribute(UInt16(IFA_LOCAL), address)
        buffer.attribute(UInt16(IFA_ADDRESS), address)
        guard let validSeconds else { return }
        buffer.attribute(UInt16(IFA_FLAGS), UInt32(IFA_F_NOPREFIXROUTE | IFA_F_NODAD))
        buffer.attribute(UInt16(IFA_PROTO), KernelOwner.protocolNumber)
        buffer.nested(UInt16(IFA_CACHEINFO), isFlagged: false) {  // struct ifa_cacheinfo
            $0.put(UInt32(0))  // preferred
            $0.put(validSeconds)
            $0.put(UInt64(0))  // created, updated: the kernel's to set
        }
    }

    /// `struct ifinfomsg`; `up` sets IFF_UP, else flags stay as they are.
    private static func link(index: Int32, up: Bool, to buffer: inout MessageBuffer) {
        buffer.put(UInt32(0))  // family, padding, type
        buffer.put(index)
        buffer.put(UInt32(up ? 1 : 0))
        buffer.put(UInt32(up ? 1 : 0))  // the mask of the flags to change
    }
}
