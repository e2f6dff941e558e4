/// How large each axis of a case is, by its letter: `sizes.B`. The first axis is the batch.
@dynamicMemberLookup
public struct Sizes: Sendable, Equatable, CustomStringConvertible, ExpressibleByDictionaryLiteral {
  private let names: [String]
  private var sizes: [Int]

  public init(dictionaryLiteral elements: (String, Int)...) {
    precondition(elements.first?.0 == "B", "Sizes: the first axis is B, the batch")
    names = elements.map(\.0)
    sizes = elements.map(\.1)
  }

  public subscript(dynamicMember name: String) -> Int { sizes[place(of: name)] }

  /// The same but for one axis.
  public func with(_ name: String, _ size: Int) -> Sizes {
    var copy = self
    copy.sizes[place(of: name)] = size
    return copy
  }

  /// The same number for all axes.
  public func all(_ size: Int) -> Sizes {
    var copy = self
    for place in sizes.indices { copy.sizes[place] = size }
    return copy
  }

  /// Four in which every axis takes each of 1, 7, 17 and 33 once, beside other sizes of its neighbours.
  public var odd: [Sizes] {
    let odd = [1, 7, 17, 33]
    return odd.indices.map { turn in
      var copy = self
      for place in sizes.indices { copy.sizes[place] = odd[(turn + place) % odd.count] }
      return copy
    }
  }

  public var description: String { zip(names, sizes).map { "\($0)=\($1)" }.joined(separator: " ") }

  private func place(of name: String) -> Int {
    guard let place = names.firstIndex(of: name) else { fatalError("Sizes: no axis \(name) among \(names)") }
    return place
  }
}
