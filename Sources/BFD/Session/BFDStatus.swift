package import Timing

/// A session as people see it.
package struct BFDStatus: Sendable, Hashable {
    package var state: BFDState
    package var diagnostic: BFDDiagnostic
    package var remoteState: BFDState
    package var remoteDiagnostic: BFDDiagnostic
    /// 0 if the peer is not known.
    package var remoteDiscriminator: UInt32
    /// True if the peer's BFD goes on when its control plane ends (the C bit).
    package var isRemoteControlPlaneIndependent: Bool
    /// True if the peer asked for no periodic packets.
    package var isRemoteDemanding: Bool
    /// Between two packets to the peer, before jitter.
    package var transmitInterval: Duration
    /// The silence after which the peer is gone; nil before it was heard.
    package var detectionTime: Duration?
    /// True while echo packets are sent.
    package var isEchoActive: Bool
    /// True while a change of parameters waits for the peer's answer.
    package var isPolling: Bool
    package var upSince: Instant?
    /// Why a packet was dropped last, if the last one was.
    package var lastDrop: BFDError?
    package var counters: BFDCounters
}

extension BFDSession {
    /// The session as people see it.
    package var status: BFDStatus {
        BFDStatus(
            state: state, diagnostic: diagnostic, remoteState: remote.state, remoteDiagnostic: remote.diagnostic,
            remoteDiscriminator: remote.discriminator,
            isRemoteControlPlaneIndependent: remote.flags.contains(.controlPlaneIndependent),
            isRemoteDemanding: remote.flags.contains(.demand),
            transmitInterval: .microseconds(transmitMicroseconds),
            detectionTime: detectionStart == nil ? nil : .microseconds(detectionMicroseconds),
            isEchoActive: echo.isActive, isPolling: poll != nil, upSince: upSince, lastDrop: lastDrop,
            counters: counters)
    }
}
