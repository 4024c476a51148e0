import Addresses
import CMNL

extension Route {
    /// A unicast route from the payload of an RTM_NEWROUTE or RTM_DELROUTE; nil for anything else.
    init?(message payload: ArraySlice<UInt8>) {
        guard payload.count >= 12, let family = payload.integer(UInt8.self, at: 0).flatMap(IPFamily.init(number:)),
            let length = payload.integer(UInt8.self, at: 1), let table = payload.integer(UInt8.self, at: 4),
            let protocolNumber = payload.integer(UInt8.self, at: 5),
            payload.integer(UInt8.self, at: 7) == UInt8(RTN_UNICAST)
        else { return nil }
        var destination = IPAddress(family: family, bits: 0)
        var (outputIndex, source, number): (Int32, IPAddress?, UInt32) = (0, nil, UInt32(table))
        for (type, value) in AttributeReader(payload.dropFirst(12)) {
            switch UInt32(type) {
            case RTA_DST.rawValue: destination = value.address
            case RTA_OIF.rawValue: outputIndex = value.integer(Int32.self, at: 0) ?? 0
            case RTA_PREFSRC.rawValue: source = value.address
            case RTA_TABLE.rawValue: number = value.integer(UInt32.self, at: 0) ?? number
            default: break
            }
        }
        guard let prefix = destination.flatMap({ IPPrefix($0, length: Int(length)) }) else { return nil }
        self.init(
            prefix: prefix, outputIndex: outputIndex, preferredSource: source, protocolNumber: protocolNumber,
            table: number)
    }
}

extension ProxyNeighbor {
    /// A proxy entry from the payload of an RTM_NEWNEIGH; nil for an ordinary neighbour.
    init?(message payload: ArraySlice<UInt8>) {
        guard payload.count >= 12, let flags = payload.integer(UInt8.self, at: 10), flags & UInt8(NTF_PROXY) != 0,
            let index = payload.integer(Int32.self, at: 4)
        else { return nil }
        var (address, number): (IPAddress?, UInt8?)
        for (type, value) in AttributeReader(payload.dropFirst(12)) {
            switch Int(type) {
            case Int(NDA_DST): address = value.address
            case Int(NDA_PROTOCOL): number = value.integer(UInt8.self, at: 0)
            default: break
            }
        }
        guard let address else { return nil }
        self.init(index: index, address: address, protocolNumber: number)
    }
}

extension LinkAddress {
    /// An address from the payload of an RTM_NEWADDR or RTM_DELADDR.
    init?(message payload: ArraySlice<UInt8>) {
        guard payload.count >= 8, let length = payload.integer(UInt8.self, at: 1),
            let shortFlags = payload.integer(UInt8.self, at: 2), let index = payload.integer(Int32.self, at: 4)
        else { return nil }
        var (local, peer): (IPAddress?, IPAddress?)
        var (number, valid, flags): (UInt8?, UInt32?, UInt32) = (nil, nil, UInt32(shortFlags))
        for (type, value) in AttributeReader(payload.dropFirst(8)) {
            switch Int(type) {
            case Int(IFA_LOCAL): local = value.address
            case Int(IFA_ADDRESS): peer = value.address
            case Int(IFA_PROTO): number = value.integer(UInt8.self, at: 0)
            case Int(IFA_FLAGS): flags = value.integer(UInt32.self, at: 0) ?? flags
            case Int(IFA_CACHEINFO):
                // struct ifa_cacheinfo: preferred, valid; all ones is for ever.
                valid = value.integer(UInt32.self, at: 4).flatMap { $0 == .max ? nil : $0 }
            default: break
            }
        }
        // IFA_ADDRESS is the far end of a point-to-point link, the address itself elsewhere.
        guard let prefix = (local ?? peer).flatMap({ IPPrefix($0, length: Int(length)) }) else { return nil }
        self.init(index: index, prefix: prefix, protocolNumber: number, validSeconds: valid, flags: flags)
    }
}
