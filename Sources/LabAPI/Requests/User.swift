/// Who asks.
package struct User: Sendable, Hashable {
    package var name: String
    package var uid: String
    package var groups: [String]

    package init(name: String, uid: String = "", groups: [String] = []) {
        self.name = name
        self.uid = uid
        self.groups = groups
    }

    /// Everybody, where no tokens are asked for.
    package static let administrator = User(name: "admin", groups: ["system:masters"])

    /// The one group that may do everything; the lab has no roles.
    package var isAdministrator: Bool { groups.contains("system:masters") }
}
