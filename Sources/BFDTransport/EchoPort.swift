import Addresses
import BFD
import CLinux
import Glibc
import LinkSockets
import NIOCore

/// Sends one session's echo packets and hears them come back. The kernel would keep a packet to the node's own address, and
/// drops one that comes from it: both ways go past it. Used on its event loop only.
final class EchoPort {
    private let path: BFDPath
    private let loop: any EventLoop
    private let handle: ([UInt8]) -> Void
    private var socket: FrameSocket?
    private var isOpening = false
    private var isClosed = false
    private var own: MACAddress?
    /// Who sends the session's control packets on the link.
    private var peer: MACAddress?

    /// - Parameter handle: called on the loop with the payload of each echo packet.
    init(_ path: BFDPath, on loop: any EventLoop, handle: @escaping ([UInt8]) -> Void) {
        self.path = path
        self.loop = loop
        self.handle = handle
    }

    /// Opens the socket, unless it is open. An interface that has none, or lost it, gets another chance with each call.
    func open() {
        guard socket == nil, !isOpening, !isClosed, let index = path.interface else { return }
        var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        var mac = [UInt8](repeating: 0, count: 6)
        guard unsafe if_indextoname(index, &name) != nil, unsafe clx_interface_mac(name, &mac) == 0 else { return }
        own = MACAddress(octets: mac)
        let this = NIOLoopBound(self, eventLoop: loop)
        do throws(SocketError) {
            let opened = try FrameSocket.open(
                .bfd, index: Int32(bitPattern: index),
                name: String(decoding: name.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self),
                on: loop
            ) { this.value.take($0) }
            isOpening = true
            opened.whenComplete { result in
                this.value.isOpening = false
                if case .success(let socket) = result { this.value.adopt(socket.value) }
            }
        } catch {
            // no echo packets come back: the session says so
        }
    }

    /// Sends an echo packet, once the peer is known.
    func send(_ payload: [UInt8]) {
        guard let socket, let own, let peer else { return }
        socket.send([BFDEchoFrame.encode(payload, address: path.local, from: own, to: peer)])
    }

    /// A socket may be open only after the session has ended.
    private func adopt(_ opened: FrameSocket) { if isClosed { opened.close() } else { socket = opened } }

    func close() {
        isClosed = true
        socket?.close()
        socket = nil
    }

    private func take(_ frame: [UInt8]?) {
        guard let frame else { return socket = nil }
        switch BFDEchoFrame.decode(frame, own: path.local, peer: path.remote) {
        case .echo(let payload): handle(payload)
        case .peer(let address): peer = address
        case nil: break
        }
    }
}
