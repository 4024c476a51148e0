import Wire

/// The value of the graceful restart capability (RFC 4724 3, RFC 8538 2).
package struct GracefulRestart: Sendable, Hashable {
    /// A family that takes part.
    package struct Family: Sendable, Hashable {
        package var family: AddressFamily
        /// F: forwarding went on during the restart.
        package var isForwardingKept: Bool

        /// A family that takes part.
        package init(family: AddressFamily, isForwardingKept: Bool) {
            self.family = family
            self.isForwardingKept = isForwardingKept
        }
    }

    /// R: this speaker has just restarted.
    package var isRestarting: Bool
    /// N: a NOTIFICATION other than a Hard Reset keeps the routes too.
    package var keepsRoutesOnNotification: Bool
    /// How long the peer is to wait for this speaker to come back; 12 bits.
    package var restartSeconds: UInt16
    /// The families that take part.
    package var families: [Family]

    /// A capability value.
    package init(isRestarting: Bool, keepsRoutesOnNotification: Bool, restartSeconds: UInt16, families: [Family]) {
        self.isRestarting = isRestarting
        self.keepsRoutesOnNotification = keepsRoutesOnNotification
        self.restartSeconds = min(restartSeconds, 0xFFF)
        self.families = families
    }

    init(decoding reader: inout WireReader) throws(DecodeError) {
        let head = try reader.uint16()
        families = []
        while reader.remaining > 0 {
            let family = AddressFamily(afi: try reader.uint16(), safi: try reader.uint8())
            families.append(Family(family: family, isForwardingKept: try reader.uint8() & 0x80 != 0))
        }
        isRestarting = head & 0x8000 != 0
        keepsRoutesOnNotification = head & 0x4000 != 0
        restartSeconds = head & 0xFFF
    }

    func write(to writer: inout WireWriter) {
        writer.uint16((isRestarting ? 0x8000 : 0) | (keepsRoutesOnNotification ? 0x4000 : 0) | restartSeconds)
        for entry in families {
            writer.uint16(entry.family.afi)
            writer.uint8(entry.family.safi)
            writer.uint8(entry.isForwardingKept ? 0x80 : 0)
        }
    }
}
