import ClusterConfiguration
import Eligibility
import KubernetesObjects
package import Logging
import Ownership
package import StateStore

/// What an earlier process of this speaker wrote down. Each part stands for itself: one that is missing or damaged is
/// learned anew from the API server or from the other speakers.
package struct SpeakerMemory: Sendable {
    var services: [Service]?
    var slices: [EndpointSlice]?
    var nodes: [NodeFacts]?
    var configuration: ConfigurationResources?
    var poolServices: [PoolService]?
    /// By interface name.
    var ownership: [String: OwnershipSnapshot] = [:]
    /// True if kube-proxy was in good health on this node once.
    var knowsDataPlane = false

    /// Nothing remembered.
    package init() {}

    /// Reads what there is, and says what could not be read. Blocks on the disk.
    package init(loading store: StateStore, logger: Logger) {
        services = Self.load(.services, from: store, logger)
        slices = Self.load(.endpointSlices, from: store, logger)
        nodes = Self.load(.nodes, from: store, logger)
        configuration = Self.load(.configuration, from: store, logger)
        poolServices = Self.load(.poolServices, from: store, logger)
        ownership = Self.load(.ownership, from: store, logger) ?? [:]
        knowsDataPlane = Self.load(.dataPlane, from: store, logger) ?? false
    }

    private static func load<Value: Decodable>(_ part: StateStore.Part, from store: StateStore, _ logger: Logger)
        -> Value?
    {
        do throws(StateError) {
            return try store.load(part, as: Value.self)
        } catch {
            if error.code != .missing {
                logger.error("cannot remember a part of the state", metadata: ["error": "\(error)"])
            }
            return nil
        }
    }
}
