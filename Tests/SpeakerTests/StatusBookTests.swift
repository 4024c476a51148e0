import KubernetesObjects
import Testing

@testable import Speaker

@Suite("What the status objects of a node are to say")
struct StatusBookTests {
    let web = ObjectKey(namespace: "default", name: "web")

    @Test("an address that goes while its status is written is cleared away next")
    func goesMeanwhile() throws {
        var book = StatusBook()
        book.announced(web, link: "eth0", formerOwner: nil)
        let entry = try #require(book[web])
        book.withdrawn(web, link: "eth0")
        book.written(entry, for: web)
        let left = try #require(book[web])
        #expect(left.links.isEmpty)
        book.written(left, for: web)
        #expect(book[web] == nil)
    }

    @Test("one that comes back while its status is cleared away is written again")
    func comesMeanwhile() throws {
        var book = StatusBook()
        book.found(web)
        let entry = try #require(book[web])
        book.announced(web, link: "eth0", formerOwner: "edge2")
        book.written(entry, for: web)
        #expect(book[web]?.links == ["eth0"])
        #expect(book[web]?.formerOwner == "edge2")
    }

    @Test("a former owner's object is cleared away once, and that of a later one too")
    func formerOwners() throws {
        var book = StatusBook()
        book.announced(web, link: "eth0", formerOwner: "edge2")
        let entry = try #require(book[web])
        book.announced(web, link: "eth0", formerOwner: "edge3")
        book.written(entry, for: web)
        #expect(book[web]?.formerOwner == "edge3")
        book.written(try #require(book[web]), for: web)
        #expect(book[web] == .init(links: ["eth0"]))
    }
}
