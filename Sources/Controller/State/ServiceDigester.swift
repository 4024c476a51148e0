package import KubernetesObjects
import Synchronization

/// Makes of the Services that a reflector decodes those that the controller keeps, one by one: a second copy of a hundred
/// thousand, made when all have arrived, would leave holes in the heap as large as itself.
package final class ServiceDigester: Sendable {
    private let texts = Mutex(TextPool())

    package init() {}

    /// The Service without what the controller never looks at.
    package func digest(_ service: Service) -> Service { texts.withLock { service.digest(sharing: &$0) } }
}
