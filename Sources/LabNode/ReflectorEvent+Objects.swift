import KubernetesClient
import KubernetesObjects

extension ReflectorEvent {
    /// Takes the event into what is known of the kind, which is nil before the first list.
    func apply(to objects: inout [ObjectKey: Object]?) {
        switch self {
        case .replaced(let list, _, _):
            objects = Dictionary(list.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
        case .applied(let object): objects?[object.key] = object
        case .deleted(let key): objects?[key] = nil
        case .unreadable, .connection: break
        }
    }
}
