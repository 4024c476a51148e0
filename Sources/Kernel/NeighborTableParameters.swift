import CMNL

/// How a link treats its neighbours: its parameters in the neighbour table of one family.
struct NeighborTableParameters {
    var index: Int32
    /// NDTPA_PROXY_DELAY in milliseconds
    var proxyDelay: UInt64

    /// The parameters in the payload of an RTM_NEWNEIGHTBL; nil for the table's own message, which names no link.
    init?(message payload: ArraySlice<UInt8>) {
        let attributes = AttributeReader(payload.dropFirst(4))
        guard let parameters = attributes.first(where: { Int($0.type) == Int(NDTA_PARMS) })?.value else { return nil }
        var (index, delay): (Int32?, UInt64?)
        for (type, value) in AttributeReader(parameters) {
            switch Int(type) {
            case Int(NDTPA_IFINDEX): index = value.integer(Int32.self, at: 0)
            case Int(NDTPA_PROXY_DELAY): delay = value.integer(UInt64.self, at: 0)
            default: break
            }
        }
        guard let index, let delay else { return nil }
        self.index = index
        proxyDelay = delay
    }
}
