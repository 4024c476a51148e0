import Addresses

/// What addresses may look like.
enum AddressRule {
    static func problems(_ text: String, at place: String) -> [APIStatus.Cause] {
        if IPAddress(text) != nil { return [] }
        return [
            .invalid(place, value: quoted(text), "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")
        ]
    }
}
