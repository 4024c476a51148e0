import Announcement
import ArgumentParser
import FoundationEssentials
import Speaker

/// The value of `--data-plane-health`.
enum DataPlaneHealth: ExpressibleByArgument, Hashable {
    case auto, off
    case url(String)

    init?(argument: String) {
        switch argument {
        case "auto": self = .auto
        case "off": self = .off
        default:
            guard let url = URL(string: argument), url.scheme == "http", url.host?.isEmpty == false else { return nil }
            self = .url(argument)
        }
    }

    var defaultValueDescription: String { "auto" }

    /// Where to ask; empty where nobody does.
    var url: String {
        switch self {
        case .auto: DataPlaneProbe.defaultURL
        case .off: ""
        case .url(let url): url
        }
    }

    var dataPlane: DataPlane {
        switch self {
        case .auto: DataPlane(url: url, rule: .whereKnown)
        case .off: DataPlane(url: url, rule: .ignored)
        case .url: DataPlane(url: url, rule: .required)
        }
    }
}
