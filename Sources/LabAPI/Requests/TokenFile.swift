/// The users of kube-apiserver's `--token-auth-file`: lines of `token,user,uid,"group1,group2"`.
package struct TokenFile: Sendable {
    /// Why a file cannot be used, with the line.
    package struct Failure: Error, Hashable {
        package var message: String
    }

    private var users: [String: User] = [:]

    package init(parsing text: String) throws(Failure) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.filter { $0 != "\r" }
            if line.allSatisfy(\.isWhitespace) || line.hasPrefix("#") { continue }
            let fields = try Self.fields(line, number: index + 1)
            guard fields.count >= 3, !fields[0].isEmpty else {
                throw Failure(message: "line \(index + 1): expected token,user,uid and optionally \"groups\"")
            }
            let groups = fields.count > 3 ? fields[3].split(separator: ",").map { $0.filter { !$0.isWhitespace } } : []
            users[fields[0]] = User(name: fields[1], uid: fields[2], groups: groups)
        }
    }

    /// Whose an `Authorization` header is.
    package func user(authorization: String?) -> User? {
        guard let authorization, authorization.lowercased().hasPrefix("bearer ") else { return nil }
        return users[String(authorization.dropFirst(7).drop { $0 == " " })]
    }

    private static func fields(_ line: String, number: Int) throws(Failure) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        if isQuoted { throw Failure(message: "line \(number): a quote is not closed") }
        return fields
    }
}
