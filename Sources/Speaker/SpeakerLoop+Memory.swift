import Announcement
import ClusterConfiguration
import Logging
package import StateStore

// What the speaker writes down, and how it begins with what an earlier process wrote.
extension SpeakerLoop {
    /// Begins with what an earlier process wrote down: the picture of the cluster until the API server gives a newer one.
    /// - Returns: whether that was enough to begin.
    package func restore(_ memory: SpeakerMemory) -> Bool {
        self.memory = memory
        let configuration = memory.configuration.flatMap { resources in
            Configuration.resolve(resources).configuration.map { ($0, resources) }
        }
        updateCluster { view in
            if let services = memory.services { view.replaceServices(services) }
            if let slices = memory.slices { view.replaceSlices(slices) }
            if let nodes = memory.nodes { view.replaceNodes(nodes) }
            // An earlier version wrote none down, and knew nothing of them.
            if memory.services != nil { view.replacePoolServices(memory.poolServices ?? []) }
            if let configuration { view.setConfiguration(configuration.0, from: configuration.1) }
        }
        if isStarted { logger.notice("began with what an earlier process wrote down") }
        return isStarted
    }

    /// What is to be written down of a part.
    package func remembered(_ part: StateStore.Part) -> any Encodable & Sendable {
        switch part {
        case .services: session.cluster.rememberedServices
        case .endpointSlices: session.cluster.rememberedSlices
        case .nodes: session.cluster.rememberedNodes
        case .configuration: session.cluster.rememberedConfiguration
        case .poolServices: session.cluster.rememberedPoolServices
        case .ownership: session.ownershipSnapshots
        case .dataPlane: dataPlane.isKnown
        }
    }
}

extension StateStore.Part {
    init(_ kind: ClusterView.Kind) {
        self =
            switch kind {
            case .services: .services
            case .endpointSlices: .endpointSlices
            case .nodes: .nodes
            case .configuration: .configuration
            case .poolServices: .poolServices
            }
    }
}
