import Glibc

/// The text of error numbers, and the one of the call that just failed.
enum ErrorNumber {
    /// `Operation not permitted`
    static func text(_ number: Int32) -> String {
        guard let pointer = unsafe strerror(number) else { return "error \(number)" }
        return unsafe String(cString: pointer)
    }

    /// The number that the last failing call of this thread left.
    static var last: Int32 { errno }
}
