import CMNL

/// The types of messages that the event socket is read for.
enum RTMessage {
    static let newLink = Int(RTM_NEWLINK)
    static let delLink = Int(RTM_DELLINK)
    static let newAddress = Int(RTM_NEWADDR)
    static let delAddress = Int(RTM_DELADDR)
    static let newRoute = Int(RTM_NEWROUTE)
    static let delRoute = Int(RTM_DELROUTE)
    static let newNetconf = Int(RTM_NEWNETCONF)
}
