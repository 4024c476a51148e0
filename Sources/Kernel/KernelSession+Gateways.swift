package import Addresses
import CMNL

extension KernelSession {
    /// The IPv4 default gateway of each interface that has one, by interface index: of several the one with the least
    /// metric. Reads the whole main table, which on a node with a routing daemon takes milliseconds.
    package func defaultGateways() throws(KernelError) -> [Int32: IPAddress] {
        let routes = try dump("list default routes", type: UInt16(RTM_GETROUTE), response: UInt16(RTM_NEWROUTE)) {
            $0.put(IPFamily.ipv4.number)
            for value in [0, 0, 0, UInt8(RT_TABLE_MAIN.rawValue), 0, 0, 0] { $0.put(value) }
            $0.put(UInt32(0))
        } parse: {
            DefaultRoute(message: $0)
        }
        return Dictionary(routes.sorted { $0.metric < $1.metric }.map { ($0.outputIndex, $0.gateway) }) { first, _ in
            first
        }
    }
}

/// A route to everywhere by a gateway.
private struct DefaultRoute {
    var gateway: IPAddress
    var outputIndex: Int32
    var metric: UInt32

    /// From the payload of an RTM_NEWROUTE; nil for any other route.
    init?(message payload: ArraySlice<UInt8>) {
        guard payload.count >= 12, payload.integer(UInt8.self, at: 1) == 0,
            payload.integer(UInt8.self, at: 4) == UInt8(RT_TABLE_MAIN.rawValue),
            payload.integer(UInt8.self, at: 7) == UInt8(RTN_UNICAST)
        else { return nil }
        var (gateway, index, metric): (IPAddress?, Int32?, UInt32) = (nil, nil, 0)
        for (type, value) in AttributeReader(payload.dropFirst(12)) {
            switch UInt32(type) {
            case RTA_GATEWAY.rawValue: gateway = value.address
            case RTA_OIF.rawValue: index = value.integer(Int32.self, at: 0)
            case RTA_PRIORITY.rawValue: metric = value.integer(UInt32.self, at: 0) ?? 0
            default: break
            }
        }
        guard let gateway, let index else { return nil }
        self.gateway = gateway
        outputIndex = index
        self.metric = metric
    }
}
