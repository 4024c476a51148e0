import Glibc
import NIOCore

/// An error in the system's own words.
func describe(_ error: any Error) -> String {
    switch error {
    case let error as IOError:
        unsafe strerror(error.errnoCode).map { unsafe String(cString: $0) } ?? "error \(error.errnoCode)"
    case ChannelError.connectTimeout: "no answer; if the peer uses a password, check it"
    default: "\(error)"
    }
}
