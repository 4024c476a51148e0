import NIOCore

/// What came by all sessions of a receiver. Used on its loop only.
final class Tally {
    private let loop: any EventLoop
    private(set) var established = 0
    private(set) var announced = 0
    private(set) var withdrawn = 0
    private(set) var updates = 0
    private var goal: (isMet: (Tally) -> Bool, promise: EventLoopPromise<NIODeadline>)?

    init(on loop: any EventLoop) { self.loop = loop }

    /// The moment at which it is so.
    func reach(_ isMet: @escaping (Tally) -> Bool) -> EventLoopFuture<NIODeadline> {
        let promise = loop.makePromise(of: NIODeadline.self)
        goal = (isMet, promise)
        look()
        return promise.futureResult
    }

    /// Counts routes and messages from here on.
    func clear() { (announced, withdrawn, updates) = (0, 0, 0) }

    func addSession() {
        established += 1
        look()
    }

    /// Counts a message, and looks whether it was the last.
    func add(announced: Int, withdrawn: Int) {
        self.announced += announced
        self.withdrawn += withdrawn
        updates += 1
        look()
    }

    private func look() {
        guard let goal, goal.isMet(self) else { return }
        self.goal = nil
        goal.promise.succeed(.now())
    }
}
