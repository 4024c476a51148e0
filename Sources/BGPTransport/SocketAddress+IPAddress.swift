import Addresses
import NIOCore

extension SocketAddress {
    /// A socket address without a scope: what needs one is bound to its interface instead.
    init(_ address: IPAddress, port: UInt16) throws {
        try self.init(packedIPAddress: ByteBuffer(bytes: address.octets), port: Int(port))
    }

    /// The address without port and scope; nil for a path.
    var address: IPAddress? {
        ipAddress.flatMap { IPAddress(String($0.prefix { $0 != "%" })) }
    }
}
