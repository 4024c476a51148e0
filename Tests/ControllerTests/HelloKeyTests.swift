import Controller
import Foundation
import KubernetesClient
import KubernetesObjects
import Testing

@Suite("The speakers' key")
struct HelloKeyTests {
    static let secret = ObjectKey(namespace: "metallb-system", name: "toono-hello")

    /// A generator whose draws are known.
    struct Counting: RandomNumberGenerator {
        var value: UInt64
        mutating func next() -> UInt64 {
            value &+= 0x9E37_79B9_7F4A_7C15
            return value
        }
    }

    @Test("the Secret is made before anything is listed, for speakers wait for it")
    func made() {
        var rig = Rig(helloKeySecret: "toono-hello")
        rig.settle()
        #expect(!rig.state.isStarted)
        #expect(rig.server.secrets == [Self.secret])
        #expect(rig.server.writes == [.helloKey(Self.secret)])
    }

    @Test("one that is there ends the matter: it is not written again")
    func present() {
        var rig = Rig(helloKeySecret: "toono-hello")
        rig.server.secrets = [Self.secret]
        rig.settle()
        rig.start()
        rig.settle()
        #expect(rig.server.writes.count { $0 == .helloKey(Self.secret) } == 1)
        #expect(rig.queue.failing == 0)
    }

    @Test("a server that refuses or is away is asked again, later each time, until there is a key")
    func retried() {
        var rig = Rig(helloKeySecret: "toono-hello")
        rig.server.secretFailures = [
            KubernetesError(.unreachable, "no route"), KubernetesError(.forbidden, "no role yet"),
            KubernetesError(.serverError(status: 503), ""),
        ]
        let begin = rig.now
        rig.settle()
        #expect(rig.server.secrets == [Self.secret])
        #expect(rig.now > begin)
        #expect(rig.queue.failing == 0)
    }

    @Test("without the flag there is no Secret")
    func unasked() {
        var rig = Rig()
        rig.start()
        #expect(rig.server.secrets.isEmpty)
    }

    @Test(
        "the Secret is Opaque, its member \"key\" a line with the base64 of 32 bytes, new each time, and never described"
    )
    func value() throws {
        var random = Counting(value: 1)
        let first = HelloKeySecret(Self.secret, using: &random)
        let second = HelloKeySecret(Self.secret, using: &random)
        let object = FakeServer.json(first)
        #expect(object["type"] == "Opaque")
        #expect(object["metadata"]?["name"] == "toono-hello")
        #expect(object["data"]?.objectValue?.keys.sorted() == ["key"])
        let text = try #require(object["data"]?["key"]?.stringValue)
        let file = try #require(Data(base64Encoded: text))
        let line = String(decoding: file, as: UTF8.self)
        #expect(line.hasSuffix("\n"))
        let key = try #require(Data(base64Encoded: String(line.dropLast())))
        #expect(key.count == 32)
        #expect(FakeServer.json(second)["data"] != object["data"])
        #expect("\(first)" == "Secret metallb-system/toono-hello")
    }
}
