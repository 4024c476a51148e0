/// What bounds a request: nothing that a server does makes the client wait or grow without end.
package struct ClientLimits: Sendable, Hashable {
    /// TCP and TLS together.
    package var connectTimeout: Duration = .seconds(10)
    /// From the request to the head of its answer, and the longest silence inside an answer.
    package var answerTimeout: Duration = .seconds(30)
    /// The whole of an answer with one object, however slowly it drips.
    package var totalTimeout: Duration = .seconds(120)
    /// The whole of a list: long, because a site's line can be slow and a list large.
    package var listTimeout: Duration = .seconds(600)
    /// The silence on a watch after which it is opened again. API servers send a bookmark about once a minute.
    package var watchSilence: Duration = .seconds(90)
    /// How long the kernel waits for an acknowledgement before it gives a connection up (TCP_USER_TIMEOUT), so that a
    /// cut line is noticed while something is sent; keepalive probes find it in the same time where nothing is.
    package var userTimeout: Duration = .seconds(30)
    /// An answer with one object or a Status, bytes.
    package var maximumAnswer = 8 << 20
    /// One page of a list, bytes.
    package var maximumPage = 64 << 20
    /// A list that is asked for in one piece, bytes. It is taken apart as it arrives, so this is not held in memory.
    package var maximumWholeList = 512 << 20
    /// One object in a list or one line of a watch, bytes. etcd itself stops at 1.5 MiB.
    package var maximumObject = 4 << 20
    /// Ordinary requests at the same time; more wait for a connection. Watches have connections of their own.
    package var concurrentRequests = 16

    package init() {}
}
