import BGP
import Testing

/// Parts of UPDATEs that tests put together.
enum UpdateBytes {
    static let origin = hex("40 01 01 00")
    static let path = hex("40 02 06 02 01 0000FDE8")
    static let nextHop = hex("40 03 04 0A000002")
    static let attributes = origin + path + nextHop
    static let route = hex("20 C0000201")

    static func length(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] }

    static func body(withdrawn: [UInt8] = [], attributes: [UInt8] = [], routes: [UInt8] = []) -> [UInt8] {
        length(withdrawn) + withdrawn + length(attributes) + attributes + routes
    }

    static func message(_ body: [UInt8], type: UInt8 = 2) -> [UInt8] {
        [UInt8](repeating: 0xFF, count: 16) + [UInt8((body.count + 19) >> 8), UInt8((body.count + 19) & 0xFF), type]
            + body
    }
}

@Suite("UPDATEs received")
struct UpdateReportTests {
    static let external = UpdateContext(
        isInternal: false, isFourOctet: true, families: [.ipv4Unicast, .ipv6Unicast], peerAS: 65000)
    static let `internal` = UpdateContext(
        isInternal: true, isFourOctet: true, families: [.ipv4Unicast, .ipv6Unicast], peerAS: 65000)

    static func read(_ body: [UInt8], _ context: UpdateContext = external) throws -> UpdateReport {
        try UpdateReport(decoding: body[...], in: context)
    }

    @Test("an UPDATE of BIRD is read without fault")
    func birdUpdate() throws {
        let body = hex(
            """
            0000 002A  40 01 01 00  40 02 06 02 01 0000FDE8  40 03 04 0A000001
            C0 08 04 FDE90064  C0 20 0C 0000FDE9 00000001 00000002   20 C0000201
            """)
        let report = try Self.read(body)
        #expect(report.announced == [.ipv4Unicast: 1])
        #expect(report.faults == [])
    }

    @Test("routes in MP_REACH and MP_UNREACH are counted")
    func multiprotocol() throws {
        let reach =
            hex("90 0E 0036 0002 01 20 20010DB8000000000000000000000001 FE800000000000000000000000000001 00")
            + hex("80 20010DB8000000000000000000000009")
        let report = try Self.read(
            UpdateBytes.body(attributes: reach + UpdateBytes.origin + UpdateBytes.path + hex("80 0F 04 0002 01 00")))
        #expect(report.announced == [.ipv6Unicast: 1])
        #expect(report.withdrawn == [.ipv6Unicast: 1])
        #expect(report.faults == [])
        #expect(report.endOfRIB == nil)
    }

    @Test("End-of-RIB is told from other UPDATEs")
    func endOfRIB() throws {
        #expect(try Self.read(hex("0000 0000")).endOfRIB == .ipv4Unicast)
        #expect(try Self.read(hex("0000 0006 80 0F 03 0002 01")).endOfRIB == .ipv6Unicast)
        #expect(try Self.read(hex("0000 0007 90 0F 0003 0002 01")).endOfRIB == .ipv6Unicast)
        #expect(try Self.read(hex("0001 00 0006 80 0F 03 0002 01")).endOfRIB == nil)
        #expect(try Self.read(hex("0000 0007 80 0F 04 0002 01 00")).endOfRIB == nil)
    }

    typealias Faulty = (attributes: String, context: UpdateContext, faults: [UpdateFault])

    /// Attributes that stand in place of ORIGIN, AS_PATH and NEXT_HOP, before one route.
    static let counted: [Faulty] = [
        ("40 01 01 05 PATH HOP", external, [.origin]),
        ("40 01 02 0000 PATH HOP", external, [.origin]),
        ("C0 01 01 00 PATH HOP", external, [.attributeFlags]),
        ("PATH HOP", external, [.missingMandatory]),
        ("ORIGIN PATH", external, [.missingMandatory]),
        ("ORIGIN 40 02 06 09 01 0000FDE8 HOP", external, [.asPath]),
        ("ORIGIN 40 02 06 02 02 0000FDE8 HOP", external, [.asPath]),
        ("ORIGIN 40 02 02 02 00 HOP", external, [.asPath]),
        ("ORIGIN 40 02 07 02 01 0000FDE8 02 HOP", external, [.asPath]),
        ("ORIGIN 40 02 06 02 01 0000FDE7 HOP", external, [.asPath]),
        ("ORIGIN 40 02 00 HOP", external, [.asPath]),
        ("ORIGIN 40 02 00 HOP", `internal`, []),
        ("ORIGIN PATH 40 03 05 0A00000201", external, [.nextHop]),
        ("ORIGIN PATH 40 03 04 00000000", external, [.nextHop]),
        ("ORIGIN PATH HOP 80 04 03 000000", external, [.multiExitDiscriminator]),
        ("ORIGIN PATH HOP 40 05 04 00000064", external, [.localPreference]),
        ("ORIGIN PATH HOP 40 05 03 000000", external, [.localPreference]),
        ("ORIGIN PATH HOP 40 05 04 00000064", `internal`, []),
        ("ORIGIN PATH HOP 40 05 03 000000", `internal`, [.localPreference]),
        ("ORIGIN PATH HOP 40 06 01 00", external, [.aggregation]),
        ("ORIGIN PATH HOP C0 07 06 0001 0A000001", external, [.aggregation]),
        ("ORIGIN PATH HOP C0 07 08 00000001 0A000001", external, []),
        ("ORIGIN PATH HOP C0 08 03 000000", external, [.communities]),
        ("ORIGIN PATH HOP C0 08 00", external, [.communities]),
        ("ORIGIN PATH HOP 80 09 04 0A000001", external, [.reflection]),
        ("ORIGIN PATH HOP 80 09 04 0A000001", `internal`, []),
        ("ORIGIN PATH HOP 80 0A 05 0A00000101", `internal`, [.reflection]),
        ("ORIGIN PATH HOP C0 10 07 00000000000000", external, [.communities]),
        ("ORIGIN PATH HOP C0 19 14 0000000000000000000000000000000000000000", external, []),
        ("ORIGIN PATH HOP C0 20 0D 00000000000000000000000000", external, [.communities]),
        ("ORIGIN PATH HOP C0 23 03 000000", external, [.onlyToCustomer]),
        ("ORIGIN PATH HOP C0 63 01 00", external, [.unknownAttribute]),
        ("ORIGIN ORIGIN PATH HOP", external, [.duplicateAttribute]),
        ("ORIGIN PATH HOP 40 05", external, [.attributesOverrun]),
        ("ORIGIN PATH HOP C0 08 09 00000000", external, [.attributesOverrun]),
        ("ORIGIN PATH HOP 80 0E 09 0001 02 04 0A000002 00", external, []),
        ("ORIGIN PATH HOP 80 0E 0B 0001 02 04 0A000002 00 08 E0", external, [.familyNotNegotiated]),
    ]

    static func attributes(_ text: String) -> [UInt8] {
        hex(
            text.split(separator: " ").map { word in
                switch word {
                case "ORIGIN": "40010100"
                case "PATH": "40020602010000FDE8"
                case "HOP": "4003040A000002"
                default: String(word)
                }
            }.joined(separator: " "))
    }

    @Test(
        "what RFC 7606 does not end a session for is counted, and the route behind it is found",
        arguments: counted.indices)
    func counts(index: Int) throws {
        let (text, context, faults) = Self.counted[index]
        let report = try Self.read(
            UpdateBytes.body(attributes: Self.attributes(text), routes: UpdateBytes.route), context)
        #expect(report.faults == faults)
        #expect(report.announced[.ipv4Unicast] == 1)
        #expect(report.isTreatedAsWithdraw == faults.contains { !$0.keepsRoutes })
    }

    typealias Fatal = (body: [UInt8], answer: NotificationMessage)
    static let optionalAttribute = hex("80 0E 1C 0002 01 07 00000000000000 00 78 20010DB80000000000000000000000")

    static let fatal: [Fatal] = [
        (hex("0005 0000"), .init(code: 3, subcode: 1)),
        (hex("0000 0005 40 01 01 00"), .init(code: 3, subcode: 1)),
        (hex("0000 0002 40 01"), .init(code: 3, subcode: 1)),
        (hex("0000 0007 40 01 01 00 C0 08 04"), .init(code: 3, subcode: 1)),
        (hex("0002 28 C0 0000"), .init(code: 3, subcode: 10)),
        (
            UpdateBytes.body(attributes: UpdateBytes.attributes, routes: hex("21 C000020100")),
            .init(code: 3, subcode: 10)
        ),
        (UpdateBytes.body(attributes: UpdateBytes.attributes, routes: hex("20 C00002")), .init(code: 3, subcode: 10)),
        (
            UpdateBytes.body(attributes: UpdateBytes.attributes + hex("40 63 01 00"), routes: UpdateBytes.route),
            .init(code: 3, subcode: 2, data: hex("40 63 01 00"))
        ),
        (UpdateBytes.body(attributes: optionalAttribute), .init(code: 3, subcode: 9, data: optionalAttribute)),
        (
            UpdateBytes.body(attributes: hex("80 0E 03 0002 01")),
            .init(code: 3, subcode: 9, data: hex("80 0E 03 0002 01"))
        ),
        (UpdateBytes.body(attributes: hex("80 0F 02 0002")), .init(code: 3, subcode: 9, data: hex("80 0F 02 0002"))),
        (
            UpdateBytes.body(attributes: hex("80 0F 05 0002 01 81 00")),
            .init(code: 3, subcode: 9, data: hex("80 0F 05 0002 01 81 00"))
        ),
        (UpdateBytes.body(attributes: hex("80 0F 03 0002 01 80 0F 03 0002 01")), .init(code: 3, subcode: 1)),
    ]

    @Test("what leaves nothing to go on with ends the session, with the exact answer", arguments: fatal.indices)
    func ends(index: Int) {
        #expect(throws: Self.fatal[index].answer) { try Self.read(Self.fatal[index].body) }
    }

    @Test("an UPDATE that ends early never traps, at every byte")
    func truncation() throws {
        let whole = UpdateBytes.body(
            withdrawn: UpdateBytes.route,
            attributes: UpdateBytes.attributes + hex("80 0F 04 0002 01 00"), routes: UpdateBytes.route)
        for count in 0..<whole.count {
            do throws(NotificationMessage) {
                _ = try UpdateReport(decoding: whole[..<count], in: Self.external)
                // cut at the beginning of the routes it is a whole UPDATE without any
                #expect(count == whole.count - UpdateBytes.route.count)
            } catch { #expect(error.code == 3) }
        }
    }

    @Test("random attributes never trap", arguments: 0..<20)
    func noise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let noise = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                UInt8.random(in: 0...(Bool.random(using: &random) ? 40 : 255), using: &random)
            }
            _ = try? Self.read(UpdateBytes.body(attributes: noise, routes: UpdateBytes.route))
            _ = try? Self.read(noise)
            _ = try? OpenMessage(decoding: noise[...])
        }
    }
}
